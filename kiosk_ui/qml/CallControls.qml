pragma ComponentBehavior: Bound
import QtQuick

// Everything one can do while speaking; to hang up is the largest.
Column {
    id: controls

    required property var texts
    required property var rows
    // With little room the phrases take the place of the other buttons.
    readonly property bool speaks: !Theme.compact || texts.phrases

    spacing: Theme.gap

    component Choice: BigButton {
        property bool on

        bold: false
        ground: on ? Theme.barOn : Theme.bar
        ink: on ? Theme.barOnInk : Theme.barInk
        size: Theme.small
    }

    Said {
        color: Theme.muted
        font.pixelSize: Theme.small
        text: Kiosk.words.call.phrases
        visible: !Theme.compact && Theme.roomy
        width: parent.width
    }

    Grid {
        id: phrases

        readonly property real cell: (width - (columns - 1) * spacing) / columns
        readonly property real tallest: {
            let most = Theme.target;
            for (let n = 0; n < says.count; n++)
                most = Math.max(most, says.itemAt(n).implicitHeight);
            return most;
        }

        columns: Theme.tall ? 3 : 2
        spacing: Theme.gap
        visible: controls.speaks
        width: parent.width

        Repeater {
            id: says

            model: controls.rows

            delegate: BigButton {
                required argument
            required property string title

                bold: false
                ground: Theme.tile
                height: phrases.tallest
                ink: Theme.tileInk
                text: title
                width: phrases.cell
            }
        }

        BigButton {
            control: "call-phrases"
            height: phrases.tallest
            size: Theme.small
            text: Kiosk.words.call.phrases_close
            visible: Theme.compact
            width: phrases.cell
        }
    }

    Grid {
        id: choices

        readonly property real cell: (width - (columns - 1) * spacing) / columns
        readonly property real tallest: Math.max(camera.implicitHeight, microphone.implicitHeight, softer.implicitHeight, louder.implicitHeight, say.implicitHeight, stop.implicitHeight)

        columns: Theme.compact ? 3 : 4
        spacing: Theme.gap
        visible: !Theme.compact || !controls.texts.phrases
        width: parent.width

        Choice {
            id: camera

            control: "call-camera"
            height: choices.tallest
            on: !controls.texts.camera
            text: controls.texts.camera ? Kiosk.words.call.camera_button_off : Kiosk.words.call.camera_button_on
            width: choices.cell
        }

        Choice {
            id: microphone

            control: "call-microphone"
            height: choices.tallest
            on: !controls.texts.microphone
            text: controls.texts.microphone ? Kiosk.words.call.microphone_button_off : Kiosk.words.call.microphone_button_on
            width: choices.cell
        }

        Choice {
            id: softer

            control: "call-softer"
            detail: controls.texts.normal ? "" : controls.texts.volume
            enabled: !controls.texts.normal
            height: choices.tallest
            text: Kiosk.words.call.softer
            width: choices.cell
        }

        Choice {
            id: louder

            control: "call-louder"
            enabled: !controls.texts.loudest
            height: choices.tallest
            text: controls.texts.loudest ? Kiosk.words.call.loudest : Kiosk.words.call.louder
            width: choices.cell
        }

        Choice {
            id: say

            control: "call-phrases"
            height: choices.tallest
            text: Kiosk.words.call.phrases_button
            visible: Theme.compact
            width: choices.cell
        }

        BigButton {
            id: stop

            control: "call-hang-up"
            ground: Theme.sos
            height: choices.tallest
            ink: Theme.sosInk
            text: Kiosk.words.call.hang_up
            visible: !Theme.tall
            width: choices.cell
        }
    }

    BigButton {
        control: "call-hang-up"
        ground: Theme.sos
        height: Math.max(Theme.target * 1.4, implicitHeight)
        ink: Theme.sosInk
        size: Theme.title
        text: Kiosk.words.call.hang_up
        visible: Theme.tall
        width: parent.width
    }
}
