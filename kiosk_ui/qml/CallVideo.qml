import QtQuick

// A picture from the call engine: by the GPU where there is one, painted where the scene graph is software.
Rectangle {
    id: video

    property string path
    property bool mirrored
    property string behind
    // What stands on the right of the words.
    property real beside
    readonly property bool shows: painter.item !== null && (painter.item as CallPicture).shows

    clip: true
    color: "#101010"

    Said {
        anchors.verticalCenter: parent.verticalCenter
        color: "#FFFFFF"
        font.pixelSize: Theme.tall ? Theme.body : Theme.small
        horizontalAlignment: Text.AlignHCenter
        text: video.behind
        visible: !video.shows && text !== ""
        width: parent.width - 2 * Theme.gap - video.beside
        x: Theme.gap
    }

    Loader {
        id: painter

        anchors.fill: parent
        source: GraphicsInfo.api === GraphicsInfo.Software ? "CallVideoPainted.qml" : "CallVideoOutput.qml"

        onLoaded: {
            const picture = item as CallPicture;
            picture.path = Qt.binding(() => video.path);
            picture.mirrored = Qt.binding(() => video.mirrored);
        }
    }
}
