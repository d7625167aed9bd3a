import QtQuick
import QtMultimedia
import kiosk_ui.qml.video

CallPicture {
    id: picture

    shows: frames?.shows ?? false

    VideoOutput {
        id: output

        anchors.fill: parent
        fillMode: VideoOutput.PreserveAspectFit
        visible: frames.shows

        transform: Scale {
            origin.x: output.width / 2
            xScale: picture.mirrored ? -1 : 1
        }
    }

    FrameSource {
        id: frames

        path: picture.path
        sink: output.videoSink
    }
}
