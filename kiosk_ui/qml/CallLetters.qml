import QtQuick

// What the clerk wrote or shows, and the one button that goes on or puts it away: beside it, under it on a short glass.
Rectangle {
    id: letters

    required property var texts
    readonly property string what: texts.clerk !== "" ? Kiosk.words.call.clerk_says : texts.guide !== "" ? Kiosk.words.call.guide : ""

    border.color: Theme.accent
    border.width: Theme.edge
    color: Theme.tile
    height: Theme.tall ? Math.max(said.height, away.height) + 2 * Theme.gap : said.height + away.height + 1.5 * Theme.gap
    radius: Theme.radius

    Column {
        id: said

        width: parent.width - 2 * Theme.gap - (Theme.tall ? away.width + Theme.gap : 0)
        x: Theme.gap
        y: Theme.tall ? (parent.height - height) / 2 : Theme.gap / 2

        Said {
            color: Theme.tileMuted
            font.pixelSize: Theme.small
            text: letters.texts.clerk_page === "" ? letters.what : letters.what + " " + letters.texts.clerk_page
            // A small glass has room for the words themselves.
            visible: text !== "" && Theme.tall
            width: parent.width
        }

        Said {
            color: Theme.tileInk
            font.bold: true
            font.pixelSize: Theme.tall ? Theme.title : Kiosk.large && letters.texts.clerk === "" ? Theme.small : Theme.body
            text: letters.texts.clerk !== "" ? letters.texts.clerk : letters.texts.guide !== "" ? letters.texts.guide : Kiosk.words.call.still
            width: parent.width
        }
    }

    BigButton {
        id: away

        anchors.bottom: Theme.tall ? undefined : parent.bottom
        anchors.bottomMargin: Theme.gap / 2
        anchors.right: parent.right
        anchors.rightMargin: Theme.gap
        anchors.verticalCenter: Theme.tall ? parent.verticalCenter : undefined
        control: letters.texts.clerk_more ? "call-read-on" : "call-put-away"
        ground: Theme.bar
        height: implicitHeight
        ink: Theme.barInk
        size: Theme.small
        text: letters.texts.clerk_more ? Kiosk.words.call.read_on : Kiosk.words.call.put_away
        width: Theme.tall ? Theme.target * 2.2 : parent.width - 2 * Theme.gap
    }
}
