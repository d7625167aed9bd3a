import QtQuick

// A heading over its text, or a picture. Longer than a page, it goes on over the next ones line by line.
// Where there is something to be read aloud by itself, its button stands beside its first lines.
Item {
    id: block

    required property string control
    required property string title
    required property string detail
    required property string tone
    required property string picture
    required property string argument
    // It can be read aloud alone.
    property bool aloud
    // The height that one page has.
    required property real page
    // Which of its own pages is shown.
    property int part

    readonly property bool isText: control === ""
    readonly property real pad: Theme.gap
    readonly property bool speaks: aloud && Kiosk.speech !== "never" && !Theme.low
    readonly property real besides: speaks ? Theme.target + pad : 0
    // A number to be copied is larger than what is only read.
    readonly property int letters: tone === "number" ? Theme.title : Theme.body
    readonly property real lineHigh: Math.ceil(letters * 1.3)
    readonly property real above: 2 * pad + (title === "" ? 0 : headMeasure.height)
    readonly property int linesOfPage: Math.max(1, Math.floor((page - above) / lineHigh))
    readonly property bool plain: detail !== ""
    readonly property real photoHigh: picture === "" ? 0 : Math.min(width * 0.56, page * (plain ? 0.4 : 0.55)) + pad
    readonly property int linesHere: Math.max(0, Math.min(linesOfPage, measure.lineCount - part * linesOfPage))
    readonly property real whole: Math.max(above + (plain ? measure.lineCount * lineHigh : 0) + photoHigh, speaks ? Theme.target + 2 * pad : 0)
    readonly property int parts: whole <= page || !plain ? 1 : Math.ceil(measure.lineCount / linesOfPage)
    readonly property real shownHigh: parts === 1 ? whole : above + linesHere * lineHigh

    height: shownHigh

    Rectangle {
        anchors.fill: parent
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: Theme.tile
        radius: Theme.radius
    }

    // Measured apart from what is drawn: what is not shown now is laid out otherwise.
    Said {
        id: headMeasure

        font: head.font
        text: block.title
        visible: false
        width: head.width
    }

    Said {
        id: measure

        font.bold: words.font.bold
        font.pixelSize: block.letters
        text: block.detail
        visible: false
        width: words.width
    }

    Said {
        id: head

        color: block.tone === "warn" ? Theme.warn : Theme.good
        font.bold: true
        font.pixelSize: block.tone === "" || block.tone === "number" ? Theme.small : Theme.body
        text: block.title
        visible: text !== ""
        width: parent.width - 3 * block.pad - block.besides
        x: 1.5 * block.pad
        y: block.pad
    }

    BigButton {
        anchors.right: parent.right
        anchors.rightMargin: block.pad
        argument: block.argument
        art: "read"
        control: "read-card"
        ground: Theme.bar
        height: Theme.target
        ink: Theme.barInk
        spoken: Kiosk.words.bar.read + " " + block.title
        visible: block.speaks && block.part === 0
        width: Theme.target
        y: block.pad
    }

    Image {
        id: photo

        fillMode: Image.PreserveAspectFit
        height: block.photoHigh - block.pad
        source: block.picture === "" ? "" : "image://content/" + Kiosk.photos + "/" + block.picture
        sourceSize: Qt.size(width, height)
        visible: block.picture !== "" && block.part === 0
        width: parent.width - 3 * block.pad
        x: 1.5 * block.pad
        y: block.above - block.pad
    }

    Item {
        clip: block.parts > 1
        height: block.linesHere * block.lineHigh
        visible: block.plain
        width: parent.width - 3 * block.pad - block.besides
        x: 1.5 * block.pad
        y: block.above - block.pad + (block.parts === 1 ? block.photoHigh : 0)

        Said {
            id: words

            color: Theme.tileInk
            font.bold: block.tone === "number"
            font.pixelSize: block.letters
            text: block.detail
            width: parent.width
            y: -block.part * block.linesOfPage * block.lineHigh
        }
    }
}
