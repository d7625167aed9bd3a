pragma ComponentBehavior: Bound
import QtQuick

// Always there, always in the same place. While something is read aloud, one look gives its place to the loudness.
Item {
    id: bar

    readonly property int count: Theme.tall ? 8 : 5
    readonly property real cell: (width - (count - 1) * Theme.gap) / count
    readonly property bool speaks: Kiosk.speech === "sounds"
    // No name of two characters or five letters is broken.
    readonly property int letter: Math.min(Theme.label, Math.ceil(cell / 2.9))

    implicitHeight: Math.max(Theme.target, Math.ceil(letter * 2.4) + Theme.gap)

    component Choice: BigButton {
        property bool on

        bold: on
        ground: on ? Theme.barOn : Theme.bar
        height: bar.height
        ink: on ? Theme.barOnInk : Theme.barInk
        size: bar.letter
        stacked: true
        width: bar.cell
    }

    Row {
        spacing: Theme.gap

        Choice {
            art: "back"
            control: "back"
            enabled: !Kiosk.atHome
            text: Kiosk.words.bar.back
        }

        Choice {
            art: "home"
            control: "home"
            text: Kiosk.words.bar.home
        }

        Choice {
            art: "end"
            control: "end"
            enabled: Kiosk.begun
            spoken: Kiosk.words.bar.end
            text: Kiosk.words.bar.end_short
        }

        Choice {
            art: bar.speaks ? "pause" : "read"
            control: "read"
            enabled: Kiosk.speech !== "never"
            on: bar.speaks
            text: bar.speaks ? Kiosk.words.bar.read_stop : Kiosk.words.bar.read
        }

        Choice {
            art: "louder"
            control: "read-louder"
            text: Kiosk.words.bar.read_louder
            visible: bar.speaks
        }

        Choice {
            art: "large"
            control: "large"
            on: Kiosk.large
            text: Kiosk.words.bar.large
            visible: Theme.tall && !bar.speaks
        }

        Choice {
            art: "contrast"
            control: "contrast"
            on: Kiosk.contrast
            text: Kiosk.words.bar.contrast
            visible: Theme.tall
        }

        Choice {
            art: "low"
            control: "low"
            on: Kiosk.low
            text: Kiosk.words.bar.low
            visible: Theme.tall
        }

        Choice {
            art: "looks"
            control: "looks"
            text: Kiosk.words.bar.looks
            visible: !Theme.tall && !bar.speaks
        }

        Choice {
            art: "language"
            control: "language"
            text: Kiosk.words.bar.language
            visible: Theme.tall
        }
    }
}
