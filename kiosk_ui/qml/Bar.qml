pragma ComponentBehavior: Bound
import QtQuick

// Always there, always in the same place.
Item {
    id: bar

    readonly property int count: Theme.tall ? 6 : 4
    readonly property real cell: (width - (count - 1) * Theme.gap) / count

    implicitHeight: Theme.target

    component Choice: BigButton {
        property bool on

        bold: false
        ground: on ? Theme.barOn : Theme.bar
        height: bar.height
        ink: on ? Theme.barOnInk : Theme.barInk
        size: Theme.small
        width: bar.cell
    }

    Row {
        spacing: Theme.gap

        Choice {
            control: "back"
            text: Kiosk.words.bar.back
        }

        Choice {
            control: "home"
            text: Kiosk.words.bar.home
        }

        Choice {
            control: "large"
            on: Kiosk.large
            text: Kiosk.words.bar.large
            visible: Theme.tall
        }

        Choice {
            control: "contrast"
            on: Kiosk.contrast
            text: Kiosk.words.bar.contrast
            visible: Theme.tall
        }

        Choice {
            control: "low"
            on: Kiosk.low
            text: Kiosk.words.bar.low
            visible: Theme.tall
        }

        Choice {
            control: "looks"
            text: Kiosk.words.bar.looks
            visible: !Theme.tall
        }

        Choice {
            control: "language"
            text: Kiosk.words.bar.language
        }
    }
}
