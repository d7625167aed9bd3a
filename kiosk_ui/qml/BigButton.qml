import QtQuick

// A button with one line of words and perhaps a smaller one under it.
Touch {
    id: button

    property string text
    property string detail
    property color ground: Theme.accent
    property color ink: Theme.accentInk
    property bool bold: true
    property int size: Theme.body

    implicitHeight: Math.max(Theme.target, words.implicitHeight + Theme.gap)
    spoken: text

    Rectangle {
        anchors.fill: parent
        border.color: button.down ? button.ground : button.ink
        border.width: Theme.contrast || button.down ? Theme.edge : 0
        color: button.down ? button.ink : button.ground
        radius: Theme.radius
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.margins: Theme.gap / 2
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter

        Said {
            color: button.down ? button.ground : button.ink
            font.bold: button.bold
            font.pixelSize: button.size
            horizontalAlignment: Text.AlignHCenter
            text: button.text
            width: parent.width
        }

        Said {
            color: button.down ? button.ground : button.ink
            font.pixelSize: Theme.small
            horizontalAlignment: Text.AlignHCenter
            text: button.detail
            visible: text !== ""
            width: parent.width
        }
    }
}
