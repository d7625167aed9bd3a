pragma ComponentBehavior: Bound
import QtQuick

// Tiles in equal cells that fill the room there is.
Item {
    id: tiles

    required property var rows
    property int columns: 2
    readonly property int lines: Math.max(1, Math.ceil(repeater.count / columns))
    readonly property real cellWidth: (width - (columns - 1) * Theme.gap) / columns
    readonly property real cellHeight: (height - (lines - 1) * Theme.gap) / lines

    Repeater {
        id: repeater

        model: tiles.rows

        delegate: Tile {
            required property int index

            height: tiles.cellHeight
            width: tiles.cellWidth
            x: (index % tiles.columns) * (tiles.cellWidth + Theme.gap)
            y: Math.floor(index / tiles.columns) * (tiles.cellHeight + Theme.gap)
        }
    }
}
