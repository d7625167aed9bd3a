pragma ComponentBehavior: Bound
import QtQuick

// Ten digits, erase and enter. What is typed stands with Python.
Grid {
    id: digits

    property string enterText
    property bool enterable: true
    readonly property real keyWidth: (width - 2 * Theme.gap) / 3
    readonly property real keyHeight: Math.max(Theme.key, Math.min(Theme.target * 1.4, (height - 3 * Theme.gap) / 4))

    columns: 3
    spacing: Theme.gap

    component Key: BigButton {
        ground: Theme.tile
        height: digits.keyHeight
        ink: Theme.tileInk
        size: Math.min(Theme.title, Math.floor(digits.keyHeight / 1.35))
        width: digits.keyWidth
    }

    Repeater {
        model: 9

        delegate: Key {
            required property int index

            argument: text
            control: "digit"
            text: String(index + 1)
        }
    }

    Key {
        art: "erase"
        control: "erase"
        spoken: Kiosk.words.bar.erase
    }

    Key {
        argument: "0"
        control: "digit"
        text: "0"
    }

    Key {
        control: "enter"
        enabled: digits.enterable
        ground: Theme.help
        ink: Theme.helpInk
        size: Math.min(Theme.body, Math.floor(digits.keyHeight / 1.35))
        text: digits.enterText
    }
}
