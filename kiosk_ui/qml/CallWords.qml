import QtQuick

// What has to be known while one speaks, and what the clerk writes, in huge letters.
Column {
    id: words

    required property var texts
    readonly property bool shown: texts.still !== "" || texts.guide !== "" || texts.clerk !== ""

    spacing: Theme.gap / 2

    Said {
        color: words.texts.phase === "connected" ? Theme.ink : Theme.warn
        font.bold: true
        text: words.texts.detail
        visible: text !== "" && words.texts.detail !== words.texts.behind
        width: parent.width
    }

    Said {
        color: Theme.warn
        font.bold: true
        text: words.texts.trouble
        visible: text !== ""
        width: parent.width
    }

    Rectangle {
        border.color: Theme.accent
        border.width: Theme.edge
        color: Theme.tile
        height: letters.height + 2 * Theme.gap
        radius: Theme.radius
        visible: words.shown
        width: parent.width

        Column {
            id: letters

            anchors.left: parent.left
            anchors.leftMargin: Theme.gap
            anchors.right: away.left
            anchors.rightMargin: Theme.gap
            anchors.verticalCenter: parent.verticalCenter

            Said {
                color: Theme.tileMuted
                font.pixelSize: Theme.small
                text: words.texts.still !== "" ? Kiosk.words.call.still : words.texts.guide !== "" ? words.texts.guide : Kiosk.words.call.clerk_says
                width: parent.width
            }

            Said {
                color: Theme.tileInk
                font.bold: true
                font.pixelSize: Theme.title
                text: words.texts.clerk
                visible: text !== ""
                width: parent.width
            }
        }

        BigButton {
            id: away

            anchors.right: parent.right
            anchors.rightMargin: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            control: "call-put-away"
            ground: Theme.bar
            ink: Theme.barInk
            size: Theme.small
            text: Kiosk.words.call.put_away
            width: Theme.target * 2.2
        }
    }

    Said {
        color: Theme.muted
        font.pixelSize: Theme.small
        text: [words.texts.camera_said, words.texts.microphone_said, Kiosk.words.call.not_recorded].filter(one => one !== "").join(" · ")
        width: parent.width
    }

    Said {
        color: Theme.good
        font.pixelSize: Theme.small
        text: words.texts.phrase
        visible: text !== ""
        width: parent.width
    }
}
