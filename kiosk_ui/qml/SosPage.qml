import QtQuick

// The emergency: how to raise it, then how far help is. What is said here is the gateway's word, nothing is guessed.
Page {
    id: sos

    readonly property bool asks: texts.stage === "ready" || texts.stage === "short"
    // What is only read stands above, also where what is touched is in the lower half.
    readonly property real ceiling: sos.headBottom + Theme.gap - sos.roomTop
    readonly property real floor: (number.visible ? number.y : buttons.y) - Theme.gap

    strip: sos.texts.detail

    Column {
        id: above

        // The heading says the newest of it; without room the rest is not said.
        readonly property real spare: sos.floor - sos.ceiling

        spacing: Theme.gap
        visible: !sos.asks
        width: parent.width
        y: sos.ceiling

        Said {
            id: test

            color: Theme.warn
            font.bold: true
            text: sos.texts.test
            visible: text !== ""
            width: parent.width
        }

        SosSteps {
            rows: sos.rows
            visible: height + voice.height + more.height + 3 * Theme.gap < above.spare
            width: parent.width
        }

        Said {
            id: voice

            color: sos.texts.speaks ? Theme.good : Theme.ink
            font.bold: true
            text: sos.texts.voice
            visible: text !== "" && !(sos.texts.voice_again && Theme.compact)
            width: parent.width
        }

        Said {
            id: more

            color: Theme.muted
            font.pixelSize: Theme.small
            text: [sos.texts.presses, sos.texts.fine_said].filter(one => one !== "").join(" · ")
            visible: text !== ""
            width: parent.width
        }
    }

    CallNumber {
        id: number

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
        spacing: Theme.gap * (Theme.compact ? 1 : 2)

        SosChoices {
            texts: sos.texts
            width: parent.width
        }

        SosHold {
            readonly property real most: Math.min(parent.width * 0.62, sos.height * 0.42)

            anchors.horizontalCenter: parent.horizontalCenter
            art: sos.asks ? "sos" : ""
            detail: down ? Kiosk.words.sos.let_go : ""
            height: sos.asks ? most : Math.max(Theme.target * 1.2, implicitHeight)
            round: sos.asks
            size: Theme.tall ? Theme.title : Theme.body
            text: sos.texts.holding !== "" ? sos.texts.holding : sos.texts.hold
            width: sos.asks ? most : parent.width
        }
    }
}
