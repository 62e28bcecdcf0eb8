using System.CommandLine;
using Tessera.Cli.Application;
using Tessera.Cli.Display;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins remove</c>: deletes a plugin that was added.</summary>
internal sealed class RemovePlugin
{
    private readonly Argument<string> _name = PluginsCommand.Name();

    public static Command Create()
    {
        var remove = new RemovePlugin();
        var command = new Command(
            "remove", "Deletes a plugin from the user's plugin folder (or the one that --plugins names), with its entry in the lock file.") { remove._name };
        command.SetAction(remove.Execute);
        return command;
    }

    private int Execute(ParseResult arguments)
    {
        string removed = PluginsCommand.StoreOf(arguments).Remove(arguments.GetRequiredValue(_name));
        Terminal.Line($"removed {removed}");
        return ExitCode.Success;
    }
}
