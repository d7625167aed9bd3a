pragma Singleton
import QtQuick

// What is shown, filled by Python, and what was touched, heard by Python.
QtObject {
    property var words: ({})
    property var page: ({})
    property string language
    property bool large
    property bool contrast
    property bool low
    property bool atHome: true
    property bool begun
    property string speech: "never"
    // Rises when a picture of content has been read: then all of them are asked for anew.
    property int photos
    property int countdown: -1
    property string countdownSaid

    signal pressed(control: string, argument: string)
}
