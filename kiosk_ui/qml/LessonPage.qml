import QtQuick

// A lesson: what is to be seen above, how far it has come, and large buttons below.
Page {
    id: lesson

    readonly property real from: Theme.low ? lesson.headBottom + Theme.gap - lesson.roomTop : 0
    property int frame

    strip: texts.silent

    Timer {
        interval: 40
        repeat: true
        running: lesson.texts.video && lesson.texts.playing
        onTriggered: lesson.frame++
    }

    Rectangle {
        id: panel

        border.color: Theme.tileEdge
        border.width: Theme.edge
        clip: true
        color: lesson.texts.video ? "#000000" : Theme.tile
        height: bar.y - Theme.gap - y
        radius: Theme.radius
        visible: height > 2 * Theme.body
        width: parent.width
        y: lesson.from

        Image {
            anchors.fill: parent
            anchors.margins: Theme.edge
            asynchronous: !lesson.texts.video
            cache: !lesson.texts.video
            fillMode: Image.PreserveAspectFit
            source: lesson.texts.video ? "image://lesson/" + lesson.frame : lesson.texts.picture === "" ? "" : "image://content/" + lesson.texts.picture
            visible: source.toString() !== ""
        }

        Said {
            anchors.left: parent.left
            anchors.margins: Theme.gap * 1.5
            anchors.right: parent.right
            anchors.top: parent.top
            color: Theme.tileInk
            elide: Text.ElideRight
            maximumLineCount: Math.max(1, Math.floor((panel.height - 2 * Theme.gap) / lineHeight))
            text: lesson.texts.text
            visible: !lesson.texts.video && lesson.texts.picture === ""
        }
    }

    Column {
        id: bar

        anchors.bottom: buttons.top
        anchors.bottomMargin: Theme.gap
        spacing: Theme.gap / 2
        width: parent.width

        Rectangle {
            border.color: Theme.tileEdge
            border.width: Theme.edge
            color: Theme.tile
            height: Theme.gap * 2
            radius: height / 2
            width: parent.width

            Rectangle {
                color: Theme.accent
                height: parent.height
                radius: height / 2
                width: Math.max(height, parent.width * lesson.texts.share)
            }
        }

        Item {
            height: Math.max(standing.height, time.height)
            width: parent.width

            Said {
                id: standing

                color: lesson.texts.there ? Theme.ink : Theme.warn
                font.bold: true
                font.pixelSize: Theme.small
                text: lesson.texts.there && Theme.tall ? lesson.texts.state + " · " + lesson.texts.volume : lesson.texts.state
                width: parent.width - time.implicitWidth - Theme.gap
            }

            Said {
                id: time

                anchors.right: parent.right
                font.pixelSize: Theme.small
                text: lesson.texts.time
                visible: lesson.texts.there
            }
        }
    }

    Grid {
        id: buttons

        readonly property real cell: (width - Theme.gap) / 2
        readonly property int letters: Theme.tall ? Theme.body : Theme.small
        readonly property real high: Theme.target * (Theme.roomy ? 1.3 : 1)

        anchors.bottom: parent.bottom
        columns: 2
        spacing: Theme.gap
        width: parent.width

        BigButton {
            art: lesson.texts.playing ? "pause" : "play"
            control: "lesson-play"
            ground: Theme.help
            height: buttons.high
            ink: Theme.helpInk
            size: buttons.letters
            text: lesson.texts.button
            visible: lesson.texts.there
            width: buttons.cell
        }

        BigButton {
            control: "lesson-again"
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.again
            width: buttons.cell
        }

        BigButton {
            art: "softer"
            control: "lesson-softer"
            enabled: !lesson.texts.softest
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.softer
            visible: lesson.texts.there
            width: buttons.cell
        }

        BigButton {
            art: "louder"
            control: "lesson-louder"
            enabled: !lesson.texts.loudest
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.louder
            visible: lesson.texts.there
            width: buttons.cell
        }
    }
}
