using System.CommandLine;
using Tessera.Loading;

namespace Tessera.Cli.Options;

/// <summary>The options that say how a model is loaded.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string> _numerics = CommonOptions.Numerics();
    private readonly Option<bool> _noRepack = new("--no-repack")
    {
        Description = "Compute with the weights as they are in the file: loads at once, runs slower.",
    };
    private readonly Option<bool> _noMap = new("--no-mmap")
    {
        Description = "Read the file into memory instead of mapping it: slower to load, and safe from whoever writes the file.",
    };
    private readonly Option<bool> _noEmit = new("--no-emit") { Description = "Assemble no kernels at run time; use .NET's intrinsics only." };
    private readonly Option<bool> _pin = new("--pin") { Description = "Keep each thread on a core of its own (Linux)." };
    private readonly Option<bool> _numa = new("--numa")
    {
        Description = "Distribute threads over the nodes of memory, and give each node the weights that its threads multiply with (Linux).",
    };

    public void AddTo(Command command)
    {
        command.Add(_numerics);
        command.Add(_noRepack);
        command.Add(_noMap);
        command.Add(_noEmit);
        command.Add(_pin);
        command.Add(_numa);
    }

    public ModelOptions Read(ParseResult arguments) => new()
    {
        Numerics = CommonOptions.NumericsOf(arguments.GetValue(_numerics)),
        Repack = !arguments.GetValue(_noRepack),
        Map = !arguments.GetValue(_noMap),
        EmitCode = !arguments.GetValue(_noEmit),
        PinThreads = arguments.GetValue(_pin),
        Numa = arguments.GetValue(_numa),
    };
}
