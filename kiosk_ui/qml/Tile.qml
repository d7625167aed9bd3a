pragma ComponentBehavior: Bound
import QtQuick

// One of several choices: a drawing, its name, plain words, and its state in words.
// Name and state always stand, the name smaller where it is long; the drawing and the plain words as far as there is room, in the order `wordsFirst` says.
Touch {
    id: tile

    required argument
    required property string title
    required property string detail
    required property string said
    required property string art
    required property string tone
    required property bool live
    property bool wordsFirst
    property real artSize
    property bool explained
    property bool tight

    readonly property color ink: down ? Theme.tileDownInk : live ? Theme.tileInk : Theme.offInk
    readonly property color muted: down ? Theme.tileDownInk : live ? Theme.tileMuted : Theme.offInk
    readonly property color toned: down ? Theme.tileDownInk : tone === "good" ? Theme.good : tone === "warn" ? Theme.warn : muted
    readonly property real pad: Theme.gap
    readonly property bool stacked: width < height * 1.6
    readonly property real leastArt: Theme.target * 0.4
    readonly property real roomHigh: height - pad * 1.2

    // Whether the plain words have room; they stand on all tiles of a page or on none.
    readonly property bool explains: detail === "" || (stacked ? stackedLeast + stackedWords.height + (wordsFirst || art === "" ? 0 : leastArt) : sideLeast + sideWords.height) <= roomHigh

    // How large a drawing has room; 0 where it would push words out. All tiles of a page take the smallest.
    // Nothing here looks at what is drawn, only at measures: what is drawn follows from it.
    readonly property real artRoom: {
        if (art === "")
            return 0;
        if (!stacked)
            return sideArt;
        const left = roomHigh - stackedLeast - (explained ? stackedWords.height : 0) - pad / 2;
        const most = Math.min(left, width * 0.45);
        return most >= leastArt ? Math.floor(most) : 0;
    }
    // The same beside the words, which keep their longest line.
    readonly property real sideArt: {
        const left = width - Math.ceil(Math.max(nameWidth.advanceWidth, saidWidth.advanceWidth)) - 2.8 * pad;
        const most = art === "" ? 0 : Math.min(left, width * 0.3, height - pad);
        return most >= leastArt ? Math.floor(most) : 0;
    }
    readonly property real stackedLeast: stackedName.height + (said === "" ? 0 : stackedSaid.height)
    readonly property real sideLeast: sideName.height + (said === "" ? 0 : sideSaid.height)

    // Whether the name has room in its usual size; all tiles of a page have it or none.
    readonly property bool fits: (stacked ? stackedLeast : sideLeast) <= roomHigh

    enabled: live
    spoken: [title, detail, said].filter(Boolean).join(" ")

    Rectangle {
        anchors.fill: parent
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: tile.down ? Theme.tileDown : tile.live ? Theme.tile : Theme.off
        radius: Theme.radius
    }

    TextMetrics {
        id: nameWidth

        font.bold: true
        font.family: heading.font.family
        font.pixelSize: Theme.body
        text: tile.title
    }

    TextMetrics {
        id: saidWidth

        font: standing.font
        text: tile.said
    }

    component Measure: Said {
        font.pixelSize: Theme.small
        visible: false
        width: tile.width - tile.pad * 1.2
    }

    Measure {
        id: stackedName

        font.bold: true
        font.pixelSize: Theme.body
        text: tile.title
    }

    Measure {
        id: stackedWords

        text: plain.text
    }

    Measure {
        id: stackedSaid

        font.bold: true
        text: tile.said
    }

    Measure {
        id: sideName

        font.bold: true
        font.pixelSize: Theme.body
        text: tile.title
        width: sideWords.width
    }

    Measure {
        id: sideSaid

        font.bold: true
        text: tile.said
        width: sideWords.width
    }

    Measure {
        id: sideWords

        text: plain.text
        width: tile.width - tile.pad * 0.6 - (tile.sideArt > 0 ? tile.sideArt + 2 * tile.pad : tile.pad * 0.6)
    }

    Drawing {
        id: drawing

        art: tile.art
        ink: tile.ink
        size: tile.artSize
        x: tile.stacked ? (tile.width - size) / 2 : tile.pad
        y: tile.stacked ? (tile.height - size - words.height) / 2 : (tile.height - size) / 2
    }

    Column {
        id: words

        width: tile.width - x - tile.pad * 0.6
        x: tile.stacked || !drawing.visible ? tile.pad * 0.6 : drawing.x + drawing.size + tile.pad
        y: tile.stacked && drawing.visible ? drawing.y + drawing.size : (tile.height - height) / 2

        Said {
            id: heading

            color: tile.ink
            font.bold: true
            font.pixelSize: tile.tight ? Theme.small : Theme.body
            horizontalAlignment: tile.stacked || !drawing.visible ? Text.AlignHCenter : Text.AlignLeft
            text: tile.title
            width: parent.width
        }

        Said {
            id: plain

            color: tile.muted
            font.pixelSize: Theme.small
            horizontalAlignment: heading.horizontalAlignment
            // Words of a list are broken between them, not within.
            text: tile.detail.replace(/([^、，\s])(?=[^、，\s])/g, "$1\u2060")
            visible: tile.explained && text !== ""
            width: parent.width
        }

        Said {
            id: standing

            color: tile.toned
            font.bold: true
            font.pixelSize: Theme.small
            horizontalAlignment: heading.horizontalAlignment
            text: tile.said
            visible: text !== ""
            width: parent.width
        }
    }
}
