using System.CommandLine;
using Tessera.Cli.Options;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins</c>: what was found, and what is done about it.</summary>
internal static class PluginsCommand
{
    public static Command Create()
    {
        var list = new ListPlugins();
        var command = new Command(
            "plugins", "Lists the plugins that were found, and manages those of the user. A plugin runs with your rights: it can do whatever you can.")
        {
            ListPlugins.Create(),
            AddPlugin.Create(),
            RemovePlugin.Create(),
            ShowPlugin.Create(),
            VerifyPlugins.Create(),
        };
        list.ServeAs(command);
        return command;
    }

    /// <summary>The folder that plugins are added to and removed from.</summary>
    public static PluginStore StoreOf(ParseResult arguments) => new(CommonOptions.PluginOptionsOf(arguments).Folders switch
    {
        [] => PluginFolders.UserFolder,
        [string folder] => folder,
        _ => throw new TesseraException("Plugins are added to and removed from one folder: give --plugins once."),
    });

    public static Argument<string> Name() => new("NAME") { Description = "The plugin's name." };
}
