import QtQuick

// One line of a list: its name and its state, whole, and the first words of what stands on its own screen.
Touch {
    id: entry

    required argument
    required property string title
    required property string detail
    required property string said
    required property string art
    required property string tone
    required property bool live
    required property string picture

    readonly property color ink: down ? Theme.tileDownInk : Theme.tileInk
    readonly property color muted: down ? Theme.tileDownInk : Theme.tileMuted
    readonly property color toned: down ? Theme.tileDownInk : tone === "good" ? Theme.good : tone === "warn" ? Theme.warn : muted
    readonly property real pad: Theme.gap
    readonly property real lineHigh: Math.ceil(Theme.body * 1.3)
    readonly property real smallHigh: Math.ceil(Theme.small * 1.3)
    readonly property real free: height - 1.2 * pad - (said === "" ? 0 : standing.wanted * smallHigh)
    // The name first; its explanation in what is left.
    readonly property int titleLines: Math.max(1, Math.min(name.wanted, Math.floor(free / lineHigh)))
    readonly property int detailLines: Math.max(0, Math.min(2, Math.floor((free - titleLines * lineHigh) / smallHigh)))

    enabled: live
    spoken: [title, detail, said].filter(Boolean).join(" ")

    Rectangle {
        anchors.fill: parent
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: entry.down ? Theme.tileDown : Theme.tile
        radius: Theme.radius
    }

    Image {
        id: photo

        anchors.left: parent.left
        anchors.leftMargin: entry.pad
        anchors.verticalCenter: parent.verticalCenter
        asynchronous: true
        fillMode: Image.PreserveAspectCrop
        height: Math.min(parent.height - 1.2 * entry.pad, Theme.target * 1.6)
        source: entry.picture === "" ? "" : "image://content/" + entry.picture
        sourceSize: Qt.size(Theme.target * 1.6, Theme.target * 1.6)
        visible: status === Image.Ready
        width: visible ? height : 0
    }

    Drawing {
        id: drawing

        anchors.left: parent.left
        anchors.leftMargin: entry.pad * 1.5
        anchors.verticalCenter: parent.verticalCenter
        art: photo.visible ? "" : entry.art
        ink: entry.ink
        size: Theme.target * 0.6
    }

    Column {
        anchors.left: photo.visible ? photo.right : drawing.visible ? drawing.right : parent.left
        anchors.leftMargin: entry.pad * 1.5
        anchors.right: arrow.left
        anchors.rightMargin: entry.pad
        anchors.verticalCenter: parent.verticalCenter

        Said {
            id: name

            readonly property int wanted: Math.ceil(measure.advanceWidth / Math.max(1, width)) + (measure.advanceWidth > width ? 1 : 0)

            color: entry.ink
            elide: Text.ElideRight
            font.bold: true
            maximumLineCount: entry.titleLines
            text: entry.title
            width: parent.width
        }

        Said {
            objectName: "foretaste"
            color: entry.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.small
            maximumLineCount: Math.max(1, entry.detailLines)
            text: entry.detail
            visible: text !== "" && entry.detailLines > 0
            width: parent.width
        }

        Said {
            id: standing

            readonly property int wanted: Math.min(3, Math.ceil(saidMeasure.advanceWidth * 1.1 / Math.max(1, width)))

            color: entry.toned
            elide: Text.ElideRight
            font.bold: true
            font.pixelSize: Theme.small
            maximumLineCount: wanted
            text: entry.said
            visible: text !== ""
            width: parent.width
        }
    }

    TextMetrics {
        id: measure

        font: name.font
        text: entry.title
    }

    TextMetrics {
        id: saidMeasure

        font: standing.font
        text: entry.said
    }

    Drawing {
        id: arrow

        anchors.right: parent.right
        anchors.rightMargin: entry.pad
        anchors.verticalCenter: parent.verticalCenter
        art: "next"
        ink: entry.ink
        size: Theme.target * 0.5
    }
}
