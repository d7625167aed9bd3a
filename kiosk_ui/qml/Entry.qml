import QtQuick

// One line of a list: its name and its state, and the first sentence of what stands on its own screen if it fits whole.
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
    // The name first, smaller where it is long; its explanation in what is left.
    readonly property real free: height - 0.6 * pad - (said === "" ? 0 : standing.height)
    readonly property bool short: measure.height <= free

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
        fillMode: Image.PreserveAspectCrop
        height: Math.min(parent.height - 1.2 * entry.pad, Theme.target * 1.6)
        source: entry.picture === "" ? "" : "image://content/" + Kiosk.photos + "/" + entry.picture
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

            color: entry.ink
            elide: Text.ElideRight
            font.bold: true
            font.pixelSize: entry.short ? Theme.body : Theme.small
            maximumLineCount: Math.max(1, Math.floor((entry.free - 0.15 * Theme.small) / (entry.short ? entry.lineHigh : entry.smallHigh)))
            text: entry.title
            width: parent.width
        }

        Said {
            color: entry.muted
            font.pixelSize: Theme.small
            text: entry.detail
            visible: text !== "" && lineCount <= 2 && name.height + height <= entry.free
            width: parent.width
        }

        Said {
            id: standing

            color: entry.toned
            font.bold: true
            font.pixelSize: Theme.small
            text: entry.said
            visible: text !== ""
            width: parent.width
        }
    }

    // What is drawn follows from it.
    Said {
        id: measure

        font.bold: true
        text: entry.title
        visible: false
        width: name.width
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
