pragma ComponentBehavior: Bound
import QtQuick

// Choices as high as their words need, one under the other or side by side.
Grid {
    id: ways

    required property var offered
    property int least: Theme.target * 1.4
    readonly property int count: choices.count
    readonly property real cell: (width - (columns - 1) * spacing) / columns
    readonly property real tallest: {
        let most = least;
        for (let n = 0; n < choices.count; n++) {
            const choice = choices.itemAt(n);
            if (choice !== null)
                most = Math.max(most, choice.implicitHeight);
        }
        return most;
    }

    columns: 2
    spacing: Theme.gap

    Repeater {
        id: choices

        model: ways.offered

        delegate: BigButton {
            required argument
            required detail
            required property string title

            ground: Theme.tile
            height: ways.tallest
            ink: Theme.tileInk
            text: title
            width: ways.cell
        }
    }
}
