import QtQuick

// A button: words, perhaps smaller ones under them, perhaps a drawing beside or above.
Touch {
    id: button

    property string text
    property string detail
    property string art
    property bool stacked
    property color ground: Theme.accent
    property color ink: Theme.accentInk
    property bool bold: true
    property int size: Theme.body
    readonly property color shownGround: !enabled ? Theme.off : down ? ink : ground
    readonly property color shownInk: !enabled ? Theme.offInk : down ? ground : ink
    readonly property real pad: Theme.gap * 0.75
    // Beside the words a drawing has what they leave; too little is nothing.
    readonly property real artRoom: Math.min(height - 2 * pad, width - (text === "" ? 2 : 4) * pad - Math.ceil(textWidth.advanceWidth))
    readonly property real artSize: art === "" ? 0 : stacked ? size * 1.1 : artRoom >= Theme.target * 0.5 || text === "" ? Math.min(artRoom, size * 2.4) : 0

    implicitHeight: Math.max(Theme.target, words.implicitHeight + 2 * pad + (stacked ? artSize : 0))
    spoken: detail === "" ? text : text + " " + detail

    Rectangle {
        anchors.fill: parent
        border.color: button.shownInk
        border.width: Theme.contrast ? Theme.edge : 0
        color: button.shownGround
        radius: Theme.radius
    }

    TextMetrics {
        id: textWidth

        font.bold: button.bold
        font.family: label.font.family
        font.pixelSize: button.size
        text: button.text
    }

    Drawing {
        id: drawing

        readonly property bool alone: button.stacked || button.text === ""

        anchors.left: alone ? undefined : parent.left
        anchors.leftMargin: button.pad * 1.5
        anchors.horizontalCenter: alone ? parent.horizontalCenter : undefined
        art: button.art
        ink: button.shownInk
        size: button.artSize
        y: button.stacked ? (button.height - size - words.height) / 2 : (button.height - size) / 2
    }

    Column {
        id: words

        anchors.left: button.stacked || !drawing.visible ? parent.left : drawing.right
        anchors.leftMargin: button.pad
        anchors.right: parent.right
        anchors.rightMargin: button.pad
        y: button.stacked && drawing.visible ? drawing.y + drawing.size : (button.height - height) / 2

        Said {
            id: label

            color: button.shownInk
            font.bold: button.bold
            font.pixelSize: button.size
            horizontalAlignment: Text.AlignHCenter
            text: button.text
            width: parent.width
        }

        Said {
            color: button.shownInk
            font.pixelSize: Theme.small
            horizontalAlignment: Text.AlignHCenter
            text: button.detail
            visible: text !== ""
            width: parent.width
        }
    }
}
