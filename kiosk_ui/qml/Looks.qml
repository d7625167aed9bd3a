pragma ComponentBehavior: Bound
import QtQuick

// The choices of the fixed bar where it has no room for them.
Page {
    Grid {
        id: grid

        anchors.left: parent.left
        anchors.right: parent.right
        columns: 2
        spacing: Theme.gap

        component Choice: BigButton {
            property bool on

            ground: on ? Theme.barOn : Theme.bar
            height: Theme.target * 1.5
            ink: on ? Theme.barOnInk : Theme.barInk
            width: (grid.width - Theme.gap) / 2
        }

        Choice {
            control: "large"
            on: Kiosk.large
            text: Kiosk.words.bar.large
        }

        Choice {
            control: "contrast"
            on: Kiosk.contrast
            text: Kiosk.words.bar.contrast
        }
    }
}
