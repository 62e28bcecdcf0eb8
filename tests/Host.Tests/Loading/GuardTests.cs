using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using Moq;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Host.Tests.Plugins;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Loading;

/// <summary>Nothing that a plugin throws or returns at any member of the contract comes past its guard.</summary>
public sealed class GuardTests : IDisposable
{
    private static readonly Type[] ProvidedByPlugins =
    [
        typeof(IQuantFormat), typeof(IQuantizer), typeof(IWeightMatrix), typeof(ITokenizerFactory), typeof(ITokenizerFileReader), typeof(ITokenizer),
        typeof(ITokenizerExplainer), typeof(IArchitecture), typeof(IModel),
    ];

    private static readonly Type[] ProvidedByTheHost =
    [
        typeof(IForwardPass), typeof(IModelBuilder), typeof(IGgufMetadata), typeof(IPluginContext), typeof(IMachineCode), typeof(ISealedCode),
    ];

    private static readonly string[] Faults =
        ["throw", "cancel", "task", "interrupt", "memory", "null", "long", "unreadable", "hidden", "foreign", "inner", "endless"];

    private static readonly Dictionary<string, Action<PluginCatalog>> Calls = new()
    {
        ["static"] = catalog => Format(catalog),
        ["constructor"] = catalog => Format(catalog),
        ["block"] = catalog => _ = Format(catalog).Block,
        ["dequantize"] = catalog => Format(catalog).Dequantize(new byte[4], new float[1]),
        ["fallback"] = catalog => _ = ((IQuantizer)Format(catalog)).Fallback,
        ["quantize"] = catalog => ((IQuantizer)Format(catalog)).Quantize([1], [], new byte[4]),
        ["bind"] = catalog => Bind(catalog),
        ["rows"] = catalog => Bind(catalog),
        ["columns"] = catalog => Bind(catalog),
        ["reads"] = catalog => Bind(catalog),
        ["granularity"] = catalog => Bind(catalog),
        ["readsSource"] = catalog => Bind(catalog),
        ["simd"] = catalog => Bind(catalog),
        ["kernel"] = catalog => Bind(catalog),
        ["ownBytes"] = catalog => Bind(catalog),
        ["multiply"] = catalog => Bind(catalog).Multiply(default, default),
        ["dispose"] = catalog => Bind(catalog).Dispose(),
        ["create"] = catalog => Tokenizer(catalog),
        ["vocabulary"] = catalog => Tokenizer(catalog),
        ["mergeOrder"] = catalog => Tokenizer(catalog),
        ["recognizes"] = catalog => Reader(catalog).Recognizes(default),
        ["read"] = catalog => Reader(catalog).Read(default, "tokenizer.json", Mock.Of<IGgufMetadata>(), new TokenizerOptions()),
        ["encode"] = catalog => Tokenizer(catalog).Encode("a", afterSpecial: true, []),
        ["decode"] = catalog => Tokenizer(catalog).Decode(0, new ArrayBufferWriter<byte>()),
        ["explain"] = catalog => Explainer(catalog).Explain("a", afterSpecial: true),
        ["words"] = catalog => Explainer(catalog).Explain("a", afterSpecial: true),
        ["word"] = catalog => Explainer(catalog).Explain("a", afterSpecial: true),
        ["piece"] = catalog => Explainer(catalog).PieceOf(0),
        ["merge"] = catalog => Explainer(catalog).TryFindMerge("a"u8, "b"u8, out _),
        ["build"] = catalog => Architecture(catalog).Build(null!),
        ["shape"] = catalog => Architecture(catalog).Build(null!),
        ["embed"] = catalog => Architecture(catalog).Build(null!).Embed(null!),
        ["layer"] = catalog => Architecture(catalog).Build(null!).Layer(null!, 0, default),
        ["hidden"] = catalog => Architecture(catalog).Build(null!).Hidden(null!, default),
        ["logits"] = catalog => Architecture(catalog).Build(null!).Logits(null!, default),
    };

    private readonly PluginFolder _folder = new("Misbehaving");

    public static MatrixTheoryData<string, string> PlacesAndFaults => new(Calls.Keys, Faults);

    public static TheoryData<string> Places => [.. Calls.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(PlacesAndFaults))]
    public void What_a_plugin_throws_anywhere_is_one_readable_error_that_names_it(string place, string fault)
    {
        var error = Assert.Throws<TesseraException>(() => Calls[place](LoadWith($"{place}:{fault}")));

        Assert.StartsWith($"The plugin TestPlugins.Misbehaving ('{_folder.FileOf("Misbehaving")}') fails to ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.InRange(error.Message.Length, 1, 2000);
        Assert.InRange(error.ToString().Length, 1, 50_000);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_plugin_that_behaves_there_is_let_through(string place) => Calls[place](LoadWith("nowhere:"));

    [Theory]
    [InlineData("block", "0", "0 weights in 4 bytes")]
    [InlineData("block", "-1", "-1 weights in 4 bytes")]
    [InlineData("block", "2147483647", "2147483647 weights in 4 bytes")]
    [InlineData("bind", "nothing", "it returns nothing")]
    [InlineData("rows", "4", "a matrix of 4 x 2")]
    [InlineData("columns", "3", "a matrix of 3 x 3")]
    [InlineData("granularity", "0", "in tiles of 0")]
    [InlineData("granularity", "-1", "in tiles of -1")]
    [InlineData("granularity", "2147483647", "in tiles of 2147483647")]
    [InlineData("reads", "0", "parts of its input (None) that there are not")]
    [InlineData("reads", "64", "parts of its input (64) that there are not")]
    [InlineData("reads", "-1", "parts of its input (-1) that there are not")]
    [InlineData("simd", "99", "the instruction set 99")]
    [InlineData("kernel", "nothing", "a kernel whose name has 0 characters")]
    [InlineData("ownBytes", "-1", "-1 bytes")]
    [InlineData("ownBytes", "9223372036854775807", "9223372036854775807 bytes")]
    [InlineData("create", "nothing", "it returns nothing")]
    [InlineData("read", "nothing", "it returns nothing")]
    [InlineData("vocabulary", "nothing", "no vocabulary")]
    [InlineData("mergeOrder", "nothing", "what orders merges")]
    [InlineData("encode", "2", "the token 2, its vocabulary has 2")]
    [InlineData("encode", "-1", "the token -1")]
    [InlineData("explain", "nothing", "to explain")]
    [InlineData("word", "nothing", "to explain")]
    [InlineData("build", "nothing", "it returns nothing")]
    [InlineData("shape", "nothing", "no shape")]
    public void What_a_plugin_returns_is_held_against_what_can_be(string place, string instead, string reason)
    {
        var error = Assert.Throws<TesseraException>(() => Calls[place](LoadWith($"{place}:{instead}")));

        Assert.StartsWith("The plugin TestPlugins.Misbehaving (", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_interface_of_the_contract_is_known_to_be_a_plugins_or_the_hosts() =>
        Assert.Equal(
            ProvidedByPlugins.Concat(ProvidedByTheHost).Select(type => type.Name).Order(StringComparer.Ordinal),
            typeof(IQuantFormat).Assembly.GetExportedTypes().Where(type => type.IsInterface).Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_member_that_a_plugin_provides_has_a_guard()
    {
        Type[] guards =
        [
            .. typeof(GuardedFormat).Assembly.GetTypes()
                .Where(type => type.Namespace == typeof(GuardedFormat).Namespace && type is { IsNested: false, IsInterface: false }),
        ];

        string[] unguarded =
        [
            .. from contract in ProvidedByPlugins
               let implementing = guards.Where(contract.IsAssignableFrom).ToArray()
               from missing in implementing.Length == 0 ? [$"{contract.Name} as a whole"] : implementing.SelectMany(guard => UnguardedMembers(guard, contract))
               select missing,
        ];

        Assert.Empty(unguarded);
    }

    /// <summary>A guard catches, or tells what it asked for under another member's guard.</summary>
    private static IEnumerable<string> UnguardedMembers(Type guard, Type contract)
    {
        foreach (Type declaring in contract.GetInterfaces().Append(contract))
        {
            InterfaceMapping map = guard.GetInterfaceMap(declaring);
            foreach ((MethodInfo member, MethodInfo? target) in map.InterfaceMethods.Zip(map.TargetMethods))
            {
                // For a parameter that is passed by "in" the compiler puts a call of the method in between.
                MethodInfo? body = target is { IsPrivate: true }
                    ? target.DeclaringType!.GetMethod(member.Name, [.. member.GetParameters().Select(p => p.ParameterType)])
                    : target;
                bool kept = body?.IsDefined(typeof(CompilerGeneratedAttribute)) == true || body?.Name == "get_Block";
                if (body is null || body.DeclaringType!.IsInterface || !(kept || body.GetMethodBody()!.ExceptionHandlingClauses.Count > 0))
                {
                    yield return $"{guard.Name}: {declaring.Name}.{member.Name}";
                }
            }
        }
    }

    private PluginCatalog LoadWith(string fault)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "Misbehaving", "fault"), fault);
        return _folder.Load();
    }

    private static IQuantFormat Format(PluginCatalog catalog) => Assert.Single(catalog.QuantFormats).Value;

    private static unsafe IWeightMatrix Bind(PluginCatalog catalog) =>
        Format(catalog).Bind(new WeightSource { Name = "some.weight", Rows = 3, Columns = 2, Data = null, RowBytes = 8 }, new KernelOptions(SimdLevel.Scalar));

    private static ITokenizer Tokenizer(PluginCatalog catalog) =>
        Assert.Single(catalog.Tokenizers).Value.Create(Mock.Of<IGgufMetadata>(), new TokenizerOptions());

    private static ITokenizerExplainer Explainer(PluginCatalog catalog) => (ITokenizerExplainer)Tokenizer(catalog);

    private static ITokenizerFileReader Reader(PluginCatalog catalog) => (ITokenizerFileReader)Assert.Single(catalog.Tokenizers).Value;

    private static IArchitecture Architecture(PluginCatalog catalog) => Assert.Single(catalog.Architectures).Value;
}
