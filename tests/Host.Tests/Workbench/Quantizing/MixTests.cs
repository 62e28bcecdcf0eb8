using System.Globalization;
using System.Text.RegularExpressions;
using Tessera.Gguf;
using Tessera.Workbench.Quantizing.Mixes;

namespace Tessera.Host.Tests.Workbench.Quantizing;

public partial class MixTests
{
    private static readonly string[] s_lines = [.. ReadLines().Where(line => !line.StartsWith('#'))];

    public static TheoryData<string, string> Choices => [.. s_lines.Select(line => line.Split(' ')).Select(words => (words[0], words[1]))];

    [Theory]
    [MemberData(nameof(Choices))]
    public void Each_matrix_gets_the_type_that_llama_quantize_gives_it(string model, string mix)
    {
        string[] words = [.. s_lines.Single(line => line.StartsWith($"{model} {mix} ", StringComparison.Ordinal)).Split(' ')];
        MixedModel mixed = MixedModel.Named[model];
        string[] name = mix.Split('+');
        QuantizationMix chosen = QuantizationMixes.Find(name[0])!;
        var chooser = new MixChooser(chosen, mixed.Traits(hasImportance: name.Length > 1), (_, _) => true);

        Dictionary<string, GgmlType> actual = mixed.Matrices().ToDictionary(matrix => matrix, matrix => chooser.Choose(matrix, MixedModel.Columns));

        Dictionary<string, GgmlType> expected = mixed.Matrices().ToDictionary(matrix => matrix, _ => Enum.Parse<GgmlType>(words[2]));
        foreach ((string matrix, GgmlType type) in words.Skip(3).SelectMany(Exceptions))
        {
            expected[matrix] = type;
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_mix_is_compared_with_llama_quantize()
    {
        string[] compared = [.. s_lines.Select(line => line.Split(' ')[1]).Distinct()];

        Assert.Equal(["F32"], QuantizationMixes.All.Select(mix => mix.Name).Except(compared));
    }

    [Theory]
    [InlineData("q4_k_m", "Q4_K_M")]
    [InlineData("Q4_K", "Q4_K_M")]
    [InlineData("q5_k", "Q5_K_M")]
    [InlineData("Q3_K", "Q3_K_M")]
    [InlineData("Q6_K", "Q6_K")]
    public void A_mix_is_found_by_the_names_that_llama_quantize_knows(string name, string mix) => Assert.Equal(mix, QuantizationMixes.Find(name)?.Name);

    [Theory]
    [InlineData(255, GgmlType.Q8_0)]
    [InlineData(256, GgmlType.Q6_K)]
    public void Logits_get_Q8_0_where_rows_do_not_fit_the_mix(long columns, GgmlType expected)
    {
        var chooser = new MixChooser(QuantizationMixes.Find("Q4_K_M")!, MixedModel.Named["llama22"].Traits(false), (length, _) => length % 256 == 0);

        Assert.Equal(expected, chooser.Choose("output.weight", columns));
    }

    [Fact]
    public void Tensors_are_ordered_by_the_number_of_their_layer_and_then_by_name()
    {
        string[] names = ["blk.10.a.weight", "output.weight", "blk.2.b.weight", "blk.2.a.weight", "Z.weight", "blk.x.weight"];

        Assert.Equal(["Z.weight", "blk.x.weight", "output.weight", "blk.2.a.weight", "blk.2.b.weight", "blk.10.a.weight"], names.Order(TensorNames.FileOrder));
    }

    /// <summary><c>attn_v=Q6_K@0-1,4</c>, or <c>output=Q6_K</c> for what is in no layer.</summary>
    private static IEnumerable<(string Matrix, GgmlType Type)> Exceptions(string word)
    {
        Match match = Exception().Match(word);
        string name = match.Groups["name"].Value;
        GgmlType type = Enum.Parse<GgmlType>(match.Groups["type"].Value);
        return match.Groups["layers"] is { Success: true, Value: var layers }
            ? layers.Split(',').SelectMany(Range).Select(layer => ($"blk.{layer}.{name}.weight", type))
            : [($"{name}.weight", type)];
    }

    private static IEnumerable<int> Range(string range)
    {
        int[] ends = [.. range.Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    private static string[] ReadLines()
    {
        using Stream stream = typeof(MixTests).Assembly.GetManifestResourceStream("llama-quantize.types.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("^(?<name>[^=]+)=(?<type>[^@]+)(@(?<layers>.+))?$")]
    private static partial Regex Exception();
}
