pragma ComponentBehavior: Bound
import QtQuick

// Always there, always in the same place.
Item {
    id: bar

    readonly property int count: Theme.tall ? 6 : 4
    readonly property real cell: (width - (count - 1) * Theme.gap) / count

    implicitHeight: Math.max(Theme.target, Math.ceil(Theme.label * 2.4) + Theme.gap)

    component Choice: BigButton {
        property bool on

        bold: on
        ground: on ? Theme.barOn : Theme.bar
        height: bar.height
        ink: on ? Theme.barOnInk : Theme.barInk
        size: Theme.label
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
            art: "large"
            control: "large"
            on: Kiosk.large
            text: Kiosk.words.bar.large
            visible: Theme.tall
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
            visible: !Theme.tall
        }

        Choice {
            art: "language"
            control: "language"
            text: Kiosk.words.bar.language
        }
    }
}
