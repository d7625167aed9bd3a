import QtQuick

// The emergency: how to raise it, then how far help is. What is said here is the gateway's word, nothing is guessed.
Page {
    id: sos

    readonly property bool asks: texts.stage === "ready" || texts.stage === "short"

    strip: sos.texts.detail

    Column {
        id: above

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        spacing: Theme.gap
        visible: !sos.asks

        Said {
            color: Theme.warn
            font.bold: true
            text: sos.texts.test
            visible: text !== ""
            width: parent.width
        }

        SosSteps {
            rows: sos.rows
            width: parent.width
        }

        Said {
            color: sos.texts.speaks ? Theme.good : Theme.ink
            font.bold: true
            text: sos.texts.voice
            visible: text !== ""
            width: parent.width
        }

        Said {
            color: Theme.muted
            font.pixelSize: Theme.small
            text: [sos.texts.presses, sos.texts.fine_said].filter(one => one !== "").join(" · ")
            visible: text !== ""
            width: parent.width
        }
    }

    CallNumber {
        anchors.bottom: buttons.top
        anchors.bottomMargin: Theme.gap
        digits: sos.texts.number
        width: parent.width
    }

    Column {
        id: buttons

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: Theme.gap * 2

        Row {
            id: voice

            readonly property real cell: (width - spacing) / 2

            spacing: Theme.gap
            visible: sos.texts.speaks
            width: parent.width

            BigButton {
                control: "call-softer"
                ground: Theme.bar
                ink: Theme.barInk
                text: Kiosk.words.call.softer
                width: voice.cell
            }

            BigButton {
                control: "call-louder"
                ground: Theme.bar
                ink: Theme.barInk
                text: Kiosk.words.call.louder
                width: voice.cell
            }
        }

        BigButton {
            control: "sos-voice"
            ground: Theme.help
            ink: Theme.helpInk
            text: Kiosk.words.sos.voice_again
            visible: sos.texts.voice_again
            width: parent.width
        }

        BigButton {
            control: "sos-fine"
            detail: Kiosk.words.sos.fine_detail
            ground: Theme.bar
            height: Math.max(Theme.target * 1.2, implicitHeight)
            ink: Theme.barInk
            text: Kiosk.words.sos.fine
            visible: sos.texts.fine
            width: parent.width
        }

        SosHold {
            readonly property real most: Math.min(parent.width * 0.62, sos.height * 0.42)

            anchors.horizontalCenter: parent.horizontalCenter
            art: sos.asks ? "sos" : ""
            detail: down ? Kiosk.words.sos.let_go : ""
            height: sos.asks ? most : Math.max(Theme.target * 1.2, implicitHeight)
            round: sos.asks
            size: Theme.title
            text: sos.texts.holding !== "" ? sos.texts.holding : sos.texts.hold
            width: sos.asks ? most : parent.width
        }
    }
}
