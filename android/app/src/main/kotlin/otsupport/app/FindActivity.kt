package otsupport.app

import android.graphics.Color
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.SystemBarStyle
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelProvider
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import otsupport.app.find.Find
import otsupport.app.find.FindScreen
import otsupport.app.look.HubTheme

/** The app's one window. */
class FindActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // White signs on the blue bar, by day too.
        enableEdgeToEdge(statusBarStyle = SystemBarStyle.dark(Color.TRANSPARENT))
        val app = application as SupportApplication
        val kept = ViewModelProvider(this, viewModelFactory { initializer { KeptFind(app) } })[KeptFind::class.java]
        setContent { HubTheme { FindScreen(kept.find) } }
    }
}

/** Carries [Find] over when the phone is turned. */
private class KeptFind(app: SupportApplication) : ViewModel() {
    val find = Find(viewModelScope, app::strategies)
}
