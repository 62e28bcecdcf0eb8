using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Plugins;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins add</c>: checks a plugin and installs it.</summary>
internal sealed class AddPlugin
{
    private readonly Argument<string> _path = new("PATH") { Description = "A plugin's folder, or a .nupkg package." };
    private readonly Option<bool> _force = new("--force") { Description = "Replace a plugin of the same name." };

    public static Command Create()
    {
        var add = new AddPlugin();
        var command = new Command(
            "add",
            "Checks a plugin, copies it into the user's plugin folder (or the one that --plugins names) and lists it in the lock file there. "
            + "A plugin runs with your rights, the check runs it already: add only what you trust.")
        {
            add._path, add._force,
        };
        command.SetAction((arguments, cancellationToken) => Task.Run(() => add.Execute(arguments, cancellationToken), cancellationToken));
        return command;
    }

    private int Execute(ParseResult arguments, CancellationToken cancellationToken)
    {
        PluginOptions options = CommonOptions.PluginOptionsOf(arguments);
        string added = PluginsCommand.StoreOf(arguments).Add(arguments.GetRequiredValue(_path), arguments.GetValue(_force), cancellationToken);
        PluginCatalog catalog = PluginCatalog.Load(options, NullLoggerFactory.Instance);
        PluginInfo plugin = catalog.Plugins.FirstOrDefault(p => p.Folder == added)
            ?? throw new TesseraException(
                catalog.Rejected.FirstOrDefault(r => r.Path.StartsWith(added, StringComparison.Ordinal))?.Reason ?? $"'{added}' was added and is not found.");
        Terminal.Line($"added {plugin} to {added}");
        foreach (PluginExport export in plugin.Exports)
        {
            Terminal.Line($"    {export}");
        }

        foreach (string conflict in catalog.Conflicts.Where(conflict => conflict.Contains(added, StringComparison.Ordinal)))
        {
            Terminal.Line($"conflict {conflict}");
        }

        return ExitCode.Success;
    }
}
