using System.CommandLine;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins remove</c>: deletes a plugin of the user.</summary>
internal sealed class RemovePlugin
{
    private readonly Argument<string> _name = PluginsCommand.Name();

    public static Command Create()
    {
        var remove = new RemovePlugin();
        var command = new Command("remove", "Deletes a plugin from the user's plugin folder, with its entry in the lock file. Plugins elsewhere are not touched.") { remove._name };
        command.SetAction(remove.Execute);
        return command;
    }

    private int Execute(ParseResult arguments)
    {
        string removed = new PluginStore(PluginFolders.UserFolder).Remove(arguments.GetRequiredValue(_name));
        Console.WriteLine($"removed {removed}");
        return ExitCode.Success;
    }
}
