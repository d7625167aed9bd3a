import QtQuick

// By night: the time, when it opens, whom to call. The emergency stays where it always is.
Page {
    id: night

    Column {
        spacing: Theme.gap * 2
        width: parent.width

        Text {
            color: Theme.ink
            font.bold: true
            font.pixelSize: Theme.title * (Theme.compact || Theme.low ? 2 : 3)
            text: night.texts.clock
            textFormat: Text.PlainText
        }

        Said {
            text: night.texts.hours
            visible: text !== ""
            width: parent.width
        }

        Said {
            text: night.texts.hotlines
            visible: text !== ""
            width: parent.width
        }

        Said {
            color: Theme.muted
            text: night.texts.touch
            width: parent.width
        }
    }
}
