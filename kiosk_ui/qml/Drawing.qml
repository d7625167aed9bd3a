import QtQuick

// A drawing of kiosk_ui/art in the colour it is given.
Image {
    id: drawing

    required property string art
    required property color ink
    required property real size
    property int drawn

    height: size
    source: art === "" || drawn < 1 ? "" : "image://art/" + art + "/" + ink.toString().slice(-6)
    visible: art !== "" && size >= 1
    width: size

    // A page finds its measures in steps; what comes of them is drawn, once.
    onSizeChanged: Qt.callLater(settle)
    Component.onCompleted: Qt.callLater(settle)

    function settle() {
        const wide = Math.max(0, Math.floor(size));
        sourceSize = Qt.size(wide, wide);
        drawn = wide;
    }
}
