import QtQuick

// What has to be known while one speaks, and what the clerk writes, in huge letters.
Column {
    id: words

    required property var texts
    readonly property bool shown: texts.still !== "" || texts.guide !== "" || texts.clerk !== ""
    // With little room the letters go before the picture, and what can wait is not said.
    readonly property bool alone: shown && Theme.compact

    spacing: Theme.gap / 2

    Said {
        color: words.texts.phase === "connected" ? Theme.ink : Theme.warn
        font.bold: true
        font.pixelSize: Theme.tall ? Theme.body : Theme.small
        text: words.texts.detail
        visible: text !== "" && words.texts.detail !== words.texts.behind && !words.alone
        width: parent.width
    }

    Said {
        color: Theme.warn
        font.bold: true
        font.pixelSize: Theme.tall ? Theme.body : Theme.small
        text: words.texts.trouble
        visible: text !== "" && !words.alone
        width: parent.width
    }

    CallLetters {
        texts: words.texts
        visible: words.shown
        width: parent.width
    }

    Said {
        color: Theme.muted
        font.pixelSize: Theme.small
        text: [Theme.tall || !words.texts.camera ? words.texts.camera_said : "", words.texts.microphone_said, Kiosk.words.call.not_recorded].filter(one => one !== "").join(" · ")
        visible: !words.alone && (Theme.tall || (!words.texts.phrases && words.texts.phrase === ""))
        width: parent.width
    }

    Said {
        color: Theme.good
        font.pixelSize: Theme.small
        text: words.texts.phrase
        visible: text !== "" && !words.alone
        width: parent.width
    }
}
