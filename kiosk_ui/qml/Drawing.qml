import QtQuick

// A drawing of kiosk_ui/art in the colour it is given.
Image {
    id: drawing

    required property string art
    required property color ink
    required property real size

    height: size
    source: art === "" || size < 1 ? "" : "image://art/" + art + "/" + ink.toString().slice(-6)
    sourceSize: Qt.size(size, size)
    visible: source.toString() !== ""
    width: size
}
