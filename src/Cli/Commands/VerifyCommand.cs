using System.CommandLine;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Loading;
using Tessera.Workbench.Verification;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera verify</c>: what is wrong with a model.</summary>
internal sealed class VerifyCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verify = new VerifyCommand();
        var command = new Command(
            "verify",
            "Examines a model: structure, shapes, every block of every tensor, the vocabulary, and the plugins involved. Exit code 2 if the file has a fault; "
            + "otherwise 3 if a plugin is missing, 1 if one has a fault.")
        {
            verify._model, verify._json,
        };
        command.SetAction(verify.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string model = arguments.GetRequiredValue(_model);
        using var engine = new Engine(arguments);
        var progress = new Observer<LoadProgress>();
        Task<ModelVerification> verifying = Task.Run(() => engine.Verifier.Verify(model, progress, cancellationToken), CancellationToken.None);
        ModelVerification verification = await ProgressDisplay.ShowAsync(
            $"Verifying {Path.GetFileName(model)}", verifying, () => progress.Latest is { TotalBytes: > 0 } p ? (double)p.Bytes / p.TotalBytes : 0);
        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(verification));
        }
        else
        {
            Show(verification);
        }

        return verification.FileFailed ? ExitCode.BadInput
            : verification.LacksPlugin ? ExitCode.NoPluginServes
            : verification.Faults > 0 ? ExitCode.Failure
            : ExitCode.Success;
    }

    private static void Show(ModelVerification verification)
    {
        foreach (VerificationCheck check in verification.Checks)
        {
            Terminal.Line($"{(check.Failed ? "fault" : "ok   ")} [bold]{check.Name,-11}[/] {check.Subject}");
            foreach (Finding finding in check.Findings)
            {
                Terminal.Line($"      {(finding.IsFault ? StyledText.Of($"[red]fault[/]") : StyledText.Of($"[yellow]remark[/]"))}: {finding.Text}");
            }
        }

        Terminal.Line($"{verification.Path}: {verification.Faults switch { 0 => "sound", 1 => "one fault", var faults => $"{faults} faults" }}");
    }
}
