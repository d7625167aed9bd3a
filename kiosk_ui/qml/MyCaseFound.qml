pragma ComponentBehavior: Bound
import QtQuick

// Where a case stands: five steps as a line, in words with their days, and what one can do now.
Page {
    id: found

    strip: texts.head

    // What is only read may stand above the half that is touched.
    Column {
        id: above

        width: parent.width
        y: Theme.low ? found.headBottom - found.roomTop + Theme.gap * 2 : 0

        Said {
            color: Theme.good
            font.bold: true
            font.pixelSize: Theme.roomy ? Theme.title : Theme.body
            text: found.texts.line
            visible: text !== ""
            width: parent.width
        }

        Said {
            text: found.texts.detail
            visible: text !== ""
            width: parent.width
        }
    }

    MyCaseSteps {
        anchors.bottom: said.top
        anchors.bottomMargin: Theme.gap
        anchors.top: Theme.low ? parent.top : above.bottom
        anchors.topMargin: Theme.gap
        days: found.texts.days
        standing: found.texts.states
        steps: found.texts.steps
        width: parent.width
    }

    Column {
        id: said

        anchors.bottom: deeds.top
        anchors.bottomMargin: found.texts.slip === "" ? 0 : Theme.gap
        width: parent.width

        Said {
            color: Theme.muted
            font.pixelSize: Theme.small
            text: found.texts.slip
            visible: text !== ""
            width: parent.width
        }
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: found.rows
        width: parent.width
    }
}
