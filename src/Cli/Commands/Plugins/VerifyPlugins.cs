using System.CommandLine;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Cli.Commands.Plugins;

/// <summary><c>tessera plugins verify</c>: holds plugins to their lock files and checks what they compute.</summary>
internal static class VerifyPlugins
{
    public static Command Create()
    {
        var command = new Command(
            "verify", "Compares every plugin with its lock file, and checks what each format computes at every instruction set of this machine.");
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        using var engine = new Engine(arguments);
        bool failed = engine.Plugins.Rejected.Count > 0;
        foreach (PluginInfo plugin in engine.Plugins.Plugins)
        {
            IReadOnlyList<string> problems = PluginSelfCheck.FindProblems(engine.Plugins, plugin);
            failed |= problems.Count > 0;
            Terminal.Line($"{(problems.Count == 0 ? "ok" : "failed")} [bold]{plugin.Name}[/] {plugin.Version}{(plugin.IsLocked ? ", locked" : "")}");
            foreach (string problem in problems)
            {
                Terminal.Line($"    {problem}");
            }
        }

        foreach (PluginRejection rejection in engine.Plugins.Rejected)
        {
            Terminal.Line($"[red]rejected[/] {Advice.InOptions(rejection.Reason)}");
        }

        foreach (string missing in PluginFolders.For(engine.PluginOptions).SelectMany(folder => new PluginStore(folder.Path).FindMissing()))
        {
            failed = true;
            string remedy = $"'tessera plugins remove {Path.GetFileName(missing)}' takes it off the list";
            Terminal.Line($"[red]missing[/] '{missing}' is listed in the lock file beside it, but is not there; {remedy}.");
        }

        return failed ? ExitCode.Failure : ExitCode.Success;
    }
}
