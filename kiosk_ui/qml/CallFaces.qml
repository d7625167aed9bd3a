pragma ComponentBehavior: Bound
import QtQuick

// Three in a row, each a drawing with its word.
Row {
    id: faces

    required property var rows
    readonly property real cell: (width - 2 * spacing) / 3
    readonly property real tallest: {
        let most = Theme.target * (Theme.tall ? 2 : 1.5);
        for (let n = 0; n < three.count; n++) {
            const face = three.itemAt(n);
            if (face !== null)
                most = Math.max(most, face.implicitHeight);
        }
        return most;
    }

    spacing: Theme.gap

    Repeater {
        id: three

        model: faces.rows

        delegate: BigButton {
            required argument
            required art
            required property string title

            ground: Theme.tile
            height: faces.tallest
            ink: Theme.tileInk
            size: art !== "" && Theme.roomy ? Theme.title * 1.25 : Theme.body
            stacked: true
            text: title
            width: faces.cell
        }
    }
}
