pragma ComponentBehavior: Bound
import QtQuick

// Tiles in equal cells that fill the room there is; the last page of several keeps the cells of the others.
Item {
    id: tiles

    required property var rows
    property int columns: 2
    property int least: 1
    property bool wordsFirst
    readonly property int lines: Math.max(least, Math.ceil(repeater.count / columns))
    readonly property real cellWidth: (width - (columns - 1) * Theme.gap) / columns
    readonly property real cellHeight: (height - (lines - 1) * Theme.gap) / lines
    readonly property real artSize: {
        let size = cellWidth;
        for (let n = 0; n < repeater.count; n++) {
            const tile = repeater.itemAt(n) as Tile;
            if (tile !== null && tile.art !== "")
                size = Math.min(size, tile.artRoom);
        }
        return size;
    }

    readonly property bool explained: {
        let all = true;
        for (let n = 0; n < repeater.count; n++) {
            const tile = repeater.itemAt(n) as Tile;
            all = all && (tile === null || tile.explains);
        }
        return all;
    }

    readonly property bool tight: {
        let any = false;
        for (let n = 0; n < repeater.count; n++) {
            const tile = repeater.itemAt(n) as Tile;
            any = any || (tile !== null && !tile.fits);
        }
        return any;
    }

    Repeater {
        id: repeater

        model: tiles.rows

        delegate: Tile {
            required property int index

            explained: tiles.explained
            artSize: art === "" ? 0 : tiles.artSize
            height: tiles.cellHeight
            tight: tiles.tight
            width: tiles.cellWidth
            wordsFirst: tiles.wordsFirst
            x: (index % tiles.columns) * (tiles.cellWidth + Theme.gap)
            y: Math.floor(index / tiles.columns) * (tiles.cellHeight + Theme.gap)
        }
    }
}
