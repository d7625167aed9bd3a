import QtQuick

// A number, digit by digit, and in words what it means; another way below for who has none.
Page {
    id: entry

    readonly property color toned: texts.tone === "good" ? Theme.good : texts.tone === "warn" ? Theme.warn : Theme.ink

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

        anchors.bottom: pad.top
        anchors.bottomMargin: Theme.gap
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: Theme.tile
        height: Theme.title * (Theme.tall ? 1.8 : 1.4)
        radius: Theme.radius
        width: parent.width

        Text {
            anchors.fill: parent
            anchors.margins: Theme.gap / 2
            color: Theme.tileInk
            font.bold: true
            font.letterSpacing: font.pixelSize * 0.08
            font.pixelSize: Theme.title * 1.3
            fontSizeMode: Text.HorizontalFit
            horizontalAlignment: Text.AlignHCenter
            minimumPixelSize: Theme.body
            text: entry.texts.typed
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
        }
    }

    DigitPad {
        id: pad

        anchors.bottom: other.visible ? other.top : parent.bottom
        anchors.bottomMargin: other.visible ? Theme.gap : 0
        enterText: entry.texts.enter
        enterable: entry.texts.enterable
        height: Math.min(Theme.target * 5.6 + Theme.gap * 3, parent.height - digits.height - Theme.gap - (other.visible ? other.height + Theme.gap : 0))
        width: parent.width
    }

    BigButton {
        id: other

        anchors.bottom: parent.bottom
        control: entry.texts.otherControl
        ground: Theme.bar
        height: Math.max(Theme.target, implicitHeight)
        ink: Theme.barInk
        text: entry.texts.other
        visible: text !== ""
        width: parent.width
    }
}
