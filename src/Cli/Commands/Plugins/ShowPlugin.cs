using System.CommandLine;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Plugins;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins info</c>: all that is known about a plugin.</summary>
internal sealed class ShowPlugin
{
    private readonly Argument<string> _name = PluginsCommand.Name();

    public static Command Create()
    {
        var show = new ShowPlugin();
        var command = new Command(
            "info", "Shows a plugin: version, contract, what it provides, folder, hash, and whether a lock file lists it.") { show._name };
        command.SetAction(show.Execute);
        return command;
    }

    private int Execute(ParseResult arguments)
    {
        using var engine = new Engine(arguments);
        string name = arguments.GetRequiredValue(_name);
        PluginInfo[] plugins = [.. engine.Plugins.Plugins.Where(plugin => plugin.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
        if (plugins.Length == 0)
        {
            PluginRejection? rejection = engine.Plugins.Rejected.FirstOrDefault(
                r => Path.GetFileNameWithoutExtension(r.Path).Equals(name, StringComparison.OrdinalIgnoreCase));
            throw new MissingPluginException(rejection?.Reason ?? $"There is no plugin '{name}'.");
        }

        foreach (PluginInfo plugin in plugins)
        {
            Show(plugin);
        }

        return ExitCode.Success;
    }

    private static void Show(PluginInfo plugin)
    {
        Terminal.Line($"name         {plugin.Name}");
        Terminal.Line($"version      {plugin.Version}");
        Terminal.Line($"contract     {plugin.ContractVersion}");
        Terminal.Line($"description  {(plugin.Description.Length > 0 ? plugin.Description : "none")}");
        foreach (PluginExport export in plugin.Exports)
        {
            Terminal.Line($"provides     {export}");
        }

        Terminal.Line($"folder       {plugin.Folder}");
        Terminal.Line($"sha256       {plugin.ComputeHash()}");
        Terminal.Line($"lock file    {(plugin.IsLocked ? "lists it with this hash" : "does not list it")}");
    }
}
