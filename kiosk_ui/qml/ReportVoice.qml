import QtQuick

// Hold and speak; who cannot hold taps once to begin and once to end.
Page {
    id: voice

    readonly property bool has: texts.has && !texts.records

    Said {
        id: line

        anchors.bottom: Theme.low ? parent.top : hold.top
        anchors.bottomMargin: Theme.gap
        font.bold: true
        font.pixelSize: Theme.roomy ? Theme.title : Theme.compact && !Theme.tall ? Theme.small : Theme.body
        horizontalAlignment: Text.AlignHCenter
        text: voice.texts.line
        width: parent.width
    }

    ReportHold {
        id: hold

        anchors.bottom: after.top
        anchors.bottomMargin: Theme.gap
        height: Math.max(Theme.target, Math.min(Theme.target * 5, done.y - after.height - (Theme.low ? 0 : line.height) - 3 * Theme.gap))
        records: voice.texts.records
        level: voice.texts.level
        text: voice.texts.hold
        width: parent.width
    }

    Row {
        id: after

        anchors.bottom: done.top
        anchors.bottomMargin: Theme.gap
        spacing: Theme.gap
        width: parent.width

        BigButton {
            control: "voice-play"
            enabled: voice.has
            ground: Theme.bar
            height: Theme.target
            ink: Theme.barInk
            text: voice.texts.playing ? Kiosk.words.report.voice_silent : Kiosk.words.report.voice_play
            visible: voice.texts.plays
            width: (parent.width - Theme.gap) / 2
        }

        BigButton {
            control: "voice-drop"
            enabled: voice.has
            ground: Theme.bar
            height: Theme.target
            ink: Theme.barInk
            text: Kiosk.words.report.voice_drop
            width: voice.texts.plays ? (parent.width - Theme.gap) / 2 : parent.width
        }
    }

    BigButton {
        id: done

        anchors.bottom: parent.bottom
        control: "report-taken"
        enabled: voice.has
        ground: Theme.help
        height: Theme.target * 1.2
        ink: Theme.helpInk
        text: Kiosk.words.report.voice_done
        width: parent.width
    }
}
