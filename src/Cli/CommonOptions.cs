using System.CommandLine;
using Tessera.Numerics;
using Tessera.Pipeline;

namespace Tessera.Cli;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string[]> Plugins { get; } = new("--plugins")
    {
        Description = "A further folder to look for plugins in; may be given several times.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Argument<string> Model() => new("MODEL") { Description = "A GGUF file; of a split model the first part." };

    public static Option<bool> Json() => new("--json") { Description = "Write JSON." };

    public static Option<NumericsMode> Numerics() => new("--numerics")
    {
        Description = "fast: 8-bit activations and an F16 KV cache. exact: dequantized weights, F32 activations and KV cache.",
        HelpName = "fast|exact",
        DefaultValueFactory = _ => NumericsMode.Fast,
    };

    public static Option<int> Threads()
    {
        var option = new Option<int>("--threads", "-t") { Description = "Threads to compute with; one per processor by default.", HelpName = "THREADS" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 1024)
            {
                result.AddError("--threads takes a number from 1 to 1024.");
            }
        });
        return option;
    }

    public static Option<string?> PreTokenizer() => new("--pre")
    {
        Description = "The pre-tokenizer to use in place of the one that the file names in tokenizer.ggml.pre.",
        HelpName = "NAME",
    };

    /// <summary>How people and JSON see the numerics.</summary>
    public static string NameOf(NumericsMode numerics) => numerics == NumericsMode.Exact ? "exact" : "fast";

    /// <summary>The instruction set in use, as people know it.</summary>
    public static string SimdName => new ModelOptions().Simd switch
    {
        SimdLevel.Avx512 => "AVX-512",
        SimdLevel.Avx2 => "AVX2",
        SimdLevel.Vector128 => "128-bit vectors",
        _ => "scalar",
    };
}
