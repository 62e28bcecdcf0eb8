using System.CommandLine;
using System.CommandLine.Parsing;
using Tessera.Cli.Plotting;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;

namespace Tessera.Cli.Options;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public const int MaxThreads = 1024;

    public static Option<string[]> Plugins { get; } = new("--plugins")
    {
        Description = "A further folder to look for plugins in; may be given several times.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<bool> PluginsLocked { get; } = new("--plugins-locked")
    {
        Description = "Load only plugins that a lock file lists, besides those that ship with the executable.",
        Recursive = true,
    };

    public static Option<string[]> Use { get; } = CreateUse();

    /// <summary>Where plugins are sought, and which serve.</summary>
    public static PluginOptions PluginOptionsOf(ParseResult arguments) => new()
    {
        Folders = arguments.GetValue(Plugins) ?? [],
        LockedOnly = arguments.GetValue(PluginsLocked),
        Use = [.. (arguments.GetValue(Use) ?? []).Select(UseOf)],
    };

    public static Argument<string> Model()
    {
        var model = new Argument<string>("MODEL") { Description = "A GGUF file; of a split model the first part." };
        RefuseUnknownOptions(model);
        return model;
    }

    public static Option<bool> Json() => new("--json") { Description = "Write JSON." };

    public static Option<string> Numerics()
    {
        var option = new Option<string>("--numerics")
        {
            Description = "fast: 8-bit activations and a 16-bit KV cache. exact: dequantized weights, F32 activations and KV cache.",
            HelpName = "fast|exact",
            DefaultValueFactory = _ => NameOf(NumericsMode.Fast),
        };
        return option.OneOf(NameOf(NumericsMode.Fast), NameOf(NumericsMode.Exact));
    }

    public static NumericsMode NumericsOf(string? name) => name == NameOf(NumericsMode.Exact) ? NumericsMode.Exact : NumericsMode.Fast;

    public static Option<string?> CacheType()
    {
        var option = new Option<string?>("--cache-type")
        {
            Description = "How keys and values are kept; by default i16 (f16 without AVX2), with exact numerics f32.",
            HelpName = "i16|f16|f32|q8_0",
        };
        return option.OneOf("i16", "f16", "f32", "q8_0");
    }

    public static KvCacheType? CacheTypeOf(string? name) => name is null ? null : Enum.Parse<KvCacheType>(name, ignoreCase: true);

    /// <summary>Takes some names only.</summary>
    public static Option<T> OneOf<T>(this Option<T> option, params string[] names)
    {
        option.Validators.Add(result =>
        {
            foreach (Token other in result.Tokens.Where(token => !names.Contains(token.Value)))
            {
                result.AddError($"{option.Name} takes one of {string.Join(", ", names)}, not '{other.Value}'.");
            }
        });
        return option;
    }

    /// <summary>Without this an option that does not exist would be taken for the model's path.</summary>
    public static void RefuseUnknownOptions(Argument model) => model.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: ['-', ..] unknown }] && !File.Exists(unknown))
        {
            result.AddError($"There is no option '{unknown}'.");
        }
    });

    public static Option<int> Threads() => new("--threads", "-t")
    {
        Description = "Threads to compute with; one for each core by default.",
        HelpName = "THREADS",
        CustomParser = argument => Number.Of(argument, 1, MaxThreads),
    };

    public static Option<string?> Tokenizer() => new("--tokenizer")
    {
        Description =
            "The tokenizer to use in place of the one that the file names in tokenizer.ggml.model: another name, or a tokenizer.json or tokenizer.model.",
        HelpName = "NAME|PATH",
    };

    public static Option<string?> PreTokenizer() => new("--pre")
    {
        Description = "The pre-tokenizer to use in place of the one that the file names in tokenizer.ggml.pre.",
        HelpName = "NAME",
    };

    public static Option<string?> Plot(string description)
    {
        var option = new Option<string?>("--plot") { Description = description, HelpName = "FILE.png|FILE.svg" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && !PlotFile.CanWrite(path))
            {
                result.AddError($"--plot takes a file that ends in .png or .svg, not '{path}'.");
            }
        });
        return option;
    }

    /// <summary>How people and JSON see the numerics.</summary>
    public static string NameOf(NumericsMode numerics) => numerics == NumericsMode.Exact ? "exact" : "fast";

    /// <summary>What a run computes with, for its summary.</summary>
    public static string Describe(NumericsMode numerics, int threads) =>
        $"{NameOf(numerics)} numerics, {SimdName}, {threads} {(threads == 1 ? "thread" : "threads")}";

    /// <summary>The instruction set in use, as people know it.</summary>
    public static string SimdName => ProcessorFeatures.NameOf(new ModelOptions().Simd);

    private static Option<string[]> CreateUse()
    {
        var option = new Option<string[]>("--use")
        {
            Description =
                "The plugin (its name, or its folder) that serves a format, tokenizer or architecture, where several could; may be given several times.",
            HelpName = "KEY=PLUGIN",
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => UseOf(token.Value) is not { Key: not "", Plugin: not "" }))
            {
                result.AddError("--use takes KEY=PLUGIN, for example q4_k=My.Plugin.");
            }
        });
        return option;
    }

    private static PluginUse UseOf(string argument)
    {
        string[] parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
        return new PluginUse(parts[0], parts.Length == 2 ? parts[1] : "");
    }
}
