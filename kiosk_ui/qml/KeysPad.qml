import QtQuick

// A number, digit by digit, and in words what it means; another way below for who has none.
Page {
    id: entry

    readonly property color toned: texts.tone === "good" ? Theme.good : texts.tone === "warn" ? Theme.warn : Theme.ink

    // Where the glass is short, the other way stands beside the digits.
    readonly property bool beside: !Theme.tall && other.text !== ""

    strip: Theme.tall ? "" : texts.line

    Said {
        anchors.bottom: digits.top
        anchors.bottomMargin: Theme.gap
        color: entry.toned
        font.bold: true
        font.pixelSize: Theme.roomy ? Theme.title : Theme.body
        text: entry.texts.line
        visible: Theme.tall
        width: parent.width
    }

    Rectangle {
        id: digits

        anchors.bottom: Theme.low ? parent.top : pad.top
        anchors.bottomMargin: Theme.gap
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: Theme.tile
        height: Theme.tall ? Theme.title * 1.8 : Math.max(entry.beside ? Theme.target : Theme.key, Math.min(Theme.title * 1.4, parent.height - 4 * Theme.key - 4 * Theme.gap))
        radius: Theme.radius
        width: entry.beside ? (parent.width - Theme.gap) * 0.6 : parent.width

        Text {
            anchors.fill: parent
            anchors.margins: Theme.gap / 2
            color: Theme.tileInk
            font.bold: true
            font.letterSpacing: Theme.title * 0.1
            font.pixelSize: Theme.title * 1.3
            fontSizeMode: Text.Fit
            horizontalAlignment: Text.AlignHCenter
            minimumPixelSize: Theme.body
            text: entry.texts.typed
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
        }
    }

    DigitPad {
        id: pad

        readonly property bool below: other.visible && !entry.beside

        anchors.bottom: below ? other.top : parent.bottom
        anchors.bottomMargin: below ? Theme.gap : 0
        enterText: entry.texts.enter
        enterable: entry.texts.enterable
        height: Math.min(Theme.target * 5.6 + Theme.gap * 3, parent.height - (Theme.low ? 0 : digits.height + Theme.gap) - (below ? other.height + Theme.gap : 0))
        width: parent.width
    }

    BigButton {
        id: other

        anchors.bottom: entry.beside ? digits.bottom : parent.bottom
        anchors.right: parent.right
        control: entry.texts.otherControl
        ground: Theme.bar
        height: entry.beside ? digits.height : Math.max(Theme.target, implicitHeight)
        ink: Theme.barInk
        size: entry.beside ? Theme.label : Theme.body
        text: entry.texts.other
        visible: text !== ""
        width: entry.beside ? (parent.width - Theme.gap) * 0.4 : parent.width
    }
}
