import QtQuick

// A telephone number, digit by digit; it is gone from here as soon as the gateway has it.
Page {
    id: wish

    strip: Theme.tall || wish.texts.kept ? wish.texts.who : wish.texts.line

    CallNumber {
        anchors.bottom: pad.top
        anchors.bottomMargin: Theme.gap
        digits: wish.texts.number
        width: parent.width
    }

    Said {
        anchors.bottom: digits.top
        anchors.bottomMargin: Theme.gap
        font.bold: true
        text: wish.texts.line
        visible: wish.texts.number === "" && Theme.tall && !wish.texts.kept
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
        visible: !wish.texts.kept && wish.texts.number === ""
        width: parent.width

        Text {
            anchors.fill: parent
            anchors.margins: Theme.gap / 2
            color: Theme.tileInk
            font.bold: true
            font.pixelSize: Theme.title * 1.3
            fontSizeMode: Text.HorizontalFit
            horizontalAlignment: Text.AlignHCenter
            minimumPixelSize: Theme.body
            text: wish.texts.typed
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
        }
    }

    DigitPad {
        id: pad

        anchors.bottom: parent.bottom
        height: Math.min(Theme.target * 5.6 + Theme.gap * 3, parent.height - digits.height - Theme.gap)
        enterText: Kiosk.words.call.callback_send
        visible: !wish.texts.kept
        width: parent.width
    }

    BigButton {
        anchors.bottom: parent.bottom
        control: "home"
        ground: Theme.help
        height: Math.max(Theme.target * 1.4, implicitHeight)
        ink: Theme.helpInk
        text: Kiosk.words.call.go_home
        visible: wish.texts.kept
        width: parent.width
    }
}
