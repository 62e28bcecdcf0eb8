using System.CommandLine;
using Tessera.Catalog;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Plugins;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins</c> and <c>tessera plugins list</c>: what was found and what was rejected.</summary>
internal sealed class ListPlugins
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("list", "Lists the plugins that were found, what each provides, and what was rejected and why.");
        new ListPlugins().ServeAs(command);
        return command;
    }

    /// <summary>Makes a command list the plugins.</summary>
    public void ServeAs(Command command)
    {
        command.Add(_json);
        command.SetAction(Execute);
    }

    private int Execute(ParseResult arguments)
    {
        using var engine = new Engine(arguments);
        PluginCatalog catalog = engine.Plugins;
        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(new PluginsResult(
                [.. catalog.Plugins.Select(p => new PluginEntry(
                    p.Name, p.Version.ToString(), p.ContractVersion, p.Folder, p.IsLocked, [.. p.Exports.Select(e => new PluginProvision(e.Kind, e.Key))]))],
                [.. catalog.Conflicts.Select(conflict => conflict.Problem + Advice.On(conflict))],
                [.. catalog.Rejected.Select(r => new PluginRefusal(r.Path, r.Reason))])));
            return ExitCode.Success;
        }

        foreach (PluginInfo plugin in catalog.Plugins)
        {
            Terminal.Line($"[bold]{plugin.Name}[/] {plugin.Version} [grey](contract {plugin.ContractVersion}{(plugin.IsLocked ? ", locked" : "")})[/]");
            foreach (PluginExport export in plugin.Exports)
            {
                Terminal.Line($"    {export.Kind} [green]{export.Key}[/]");
            }

            Terminal.Line($"    {plugin.Folder}");
        }

        if (catalog.Plugins.Count == 0)
        {
            Terminal.Line($"No plugins were found. They are sought in:");
            foreach (PluginSearchFolder folder in PluginFolders.For(engine.PluginOptions))
            {
                Terminal.Line($"    {folder.Path}");
            }
        }

        foreach (PluginConflict conflict in catalog.Conflicts)
        {
            Terminal.Line($"[yellow]conflict[/] {conflict.Problem}{Advice.On(conflict)}");
        }

        foreach (PluginRejection rejection in catalog.Rejected)
        {
            Terminal.Line($"[red]rejected[/] {Advice.InOptions(rejection.Reason)}");
        }

        return ExitCode.Success;
    }
}
