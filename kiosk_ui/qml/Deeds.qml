pragma ComponentBehavior: Bound
import QtQuick

// What can be done with what is read: the rows that have a control, two in a line; a single one has the line alone.
Item {
    id: deeds

    required property var rows
    readonly property int count: {
        let found = 0;
        for (let n = 0; n < buttons.count; n++) {
            const button = buttons.itemAt(n) as BigButton;
            found += button !== null && button.control !== "" ? 1 : 0;
        }
        return found;
    }
    readonly property int columns: count < 2 ? 1 : 2
    readonly property real cell: (width - (columns - 1) * Theme.gap) / columns

    height: count === 0 ? 0 : grid.height

    Grid {
        id: grid

        columns: deeds.columns
        spacing: Theme.gap

        Repeater {
            id: buttons

            model: deeds.rows

            delegate: BigButton {
                required property string tone
                required property string title
                required control
                required argument
                required art
                required detail

                ground: tone === "good" ? Theme.help : Theme.bar
                height: Math.max(Theme.target * (Theme.roomy ? 1.2 : 1), implicitHeight)
                ink: tone === "good" ? Theme.helpInk : Theme.barInk
                size: Theme.tall ? Theme.body : Theme.small
                text: title
                visible: control !== ""
                width: deeds.cell
            }
        }
    }
}
