pragma ComponentBehavior: Bound
import QtQuick

// Where a case stands: five steps as a line, in words with their days, and what one can do now.
Page {
    id: found

    strip: texts.head

    Said {
        id: line

        color: Theme.good
        font.bold: true
        font.pixelSize: Theme.roomy ? Theme.title : Theme.body
        text: found.texts.line
        width: parent.width
    }

    Said {
        id: detail

        anchors.top: line.bottom
        text: found.texts.detail
        visible: text !== ""
        width: parent.width
    }

    MyCaseSteps {
        anchors.bottom: deeds.top
        anchors.bottomMargin: Theme.gap
        anchors.top: detail.visible ? detail.bottom : line.bottom
        anchors.topMargin: Theme.gap
        days: found.texts.days
        standing: found.texts.states
        steps: found.texts.steps
        width: parent.width
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: found.rows
        width: parent.width
    }
}
