pragma ComponentBehavior: Bound
import QtQuick

// The choices of the fixed bar where it has no room for them.
Page {
    Column {
        id: list

        anchors.left: parent.left
        anchors.right: parent.right
        spacing: Theme.gap * 2

        component Choice: BigButton {
            property bool on

            ground: on ? Theme.barOn : Theme.bar
            height: Math.max(Theme.target * 1.5, implicitHeight)
            ink: on ? Theme.barOnInk : Theme.barInk
            width: list.width
        }

        Choice {
            art: "large"
            control: "large"
            detail: on ? Kiosk.words.bar.on : Kiosk.words.bar.off
            on: Kiosk.large
            text: Kiosk.words.bar.large
        }

        Choice {
            art: "contrast"
            control: "contrast"
            detail: on ? Kiosk.words.bar.on : Kiosk.words.bar.off
            on: Kiosk.contrast
            text: Kiosk.words.bar.contrast_whole
        }

        Choice {
            art: "language"
            control: "language"
            text: Kiosk.words.bar.language
        }
    }
}
