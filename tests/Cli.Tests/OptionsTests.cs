using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tessera.Cli.Commands;

namespace Tessera.Cli.Tests;

/// <summary>Every option of every command, found by walking the tree: a new one is held to the same.</summary>
public class OptionsTests
{
    private static readonly (string[] Path, Option Option)[] s_options = [.. OptionsOf(CommandTree.Create(), [])];

    /// <summary>What is no number anywhere, and what some languages and C would read as one.</summary>
    private static readonly string[] s_noNumbers =
    [
        "", " ", "abc", "5abc", "5 ", " 5", "5\n", "\t5", "+5", "--5", "-", "- 5", "5-", "(5)",
        "1,000.5", "1_000", "1'000", "1 000", "0x10", "10h", "1e", "e5", "1e999", "NaN", "nan",
        "Infinity", "-Infinity", "inf", "∞", "٣", "５", "$5", "5%", "true", "null", new string('9', 400), $"-{new string('9', 400)}", "−5",
    ];

    private static readonly string[] s_notWhole = ["1.0", "0.5", "1e3", "1.", ".5"];

    private static readonly string[] s_numbers = [
        "0", "1", "2", "7", "-1", "-2", "0.5", "1e-3", "512", "1024", "2147483647", "2147483648", "18446744073709551615"];

    public static TheoryData<string> Numbers => [.. s_options.Where(o => IsNumber(o.Option)).Select(NameOf).Distinct()];

    public static TheoryData<string> All => [.. s_options.Select(NameOf).Distinct()];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void What_is_no_number_is_an_error_that_names_option_and_text(string name)
    {
        (string[] path, Option option) = Find(name);
        foreach (string text in IsWhole(option) ? [.. s_noNumbers, .. s_notWhole] : s_noNumbers)
        {
            string[] errors = ErrorsOf(path, option, text);

            // Of a list the number that is none is named.
            string[] names = ["empty", .. (option.ValueType.IsArray ? text.Split(',') : [text]).Select(part => $"'{part}'")];
            Assert.Contains(
                errors, error => error.Contains(option.Name, StringComparison.Ordinal) && names.Any(named => error.Contains(named, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_the_one_that_was_meant_or_an_error_that_tells_the_range(string name)
    {
        (string[] path, Option option) = Find(name);
        int taken = 0;
        foreach (string text in s_numbers)
        {
            ParseResult result = CommandTree.Parse([.. path, option.Name, text]);
            string[] errors = [.. result.Errors.Select(error => error.Message).Where(message => message.Contains(option.Name, StringComparison.Ordinal))];
            if (errors.Length == 0)
            {
                taken++;
                Assert.Equal(text, TextOf(option, ValueOf(result, option)), NumbersAreEqual);
            }
            else
            {
                Assert.Contains(errors, error => error.Contains(" from ", StringComparison.Ordinal) && error.Contains($"'{text}'", StringComparison.Ordinal));
            }
        }

        Assert.NotEqual(0, taken);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_are_the_same_in_every_culture(string name)
    {
        (string[] path, Option option) = Find(name);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "~");
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.NotEmpty(ErrorsOf(path, option, "~1"));
            Assert.NotEmpty(ErrorsOf(path, option, "1.000.000"));
            Assert.Equal(["1"], IsWhole(option) ? ["1"] : [TextOf(option, ValueOf(CommandTree.Parse([.. path, option.Name, "1.0"]), option))]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>What help calls a number is one.</summary>
    [Fact]
    public void No_number_hides_in_an_option_of_text()
    {
        HashSet<string?> names = [.. s_options.Where(o => IsNumber(o.Option)).Select(o => o.Option.HelpName)];

        Assert.DoesNotContain(s_options, o => !IsNumber(o.Option) && o.Option.ValueType != typeof(bool) && names.Contains(o.Option.HelpName));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Any_text_is_a_value_or_an_error_and_no_exception(string name)
    {
        (string[] path, Option option) = Find(name);
        foreach (string text in (string[])[
            "", " ", "abc", "-1", "99999999999999999999999999999999999999999", "1,2", "@file", "a=b", "\u001B[31m", "\uD800", "{0}", "--"])
        {
            ParseResult result = CommandTree.Parse([.. path, $"{option.Name}={text}"]);

            Assert.All(result.Errors, error => Assert.NotEmpty(error.Message));
            if (option.ValueType == typeof(bool))
            {
                Assert.Contains(result.Errors, error => error.Message == $"{option.Name} takes no value.");
            }
            else if (text.Length == 0 && option.Name != "--prompt")
            {
                Assert.Contains(result.Errors, error => error.Message.Contains(option.Name, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Text_is_no_file_of_options()
    {
        ParseResult result = CommandTree.Parse("tokenize", "model.gguf", "@everyone");

        Assert.Empty(result.Errors);
        Assert.Equal("@everyone", result.GetValue<string>("TEXT"));
    }

    [Fact]
    public void A_text_behind_a_flag_is_a_text()
    {
        ParseResult result = CommandTree.Parse("tokenize", "model.gguf", "--json", "true");

        Assert.Equal(("true", true), (result.GetValue<string>("TEXT"), result.GetValue<bool>("--json")));
    }

    private static IEnumerable<(string[], Option)> OptionsOf(Command command, string[] path) =>
    [
        .. command.Options.Where(option => option.Action is null).Select(option => (path, option)),
        .. command.Subcommands.SelectMany(subcommand => OptionsOf(subcommand, [.. path, subcommand.Name])),
    ];

    private static string NameOf((string[] Path, Option Option) option) => string.Join(' ', [.. option.Path, option.Option.Name]);

    private static (string[] Path, Option Option) Find(string name) => s_options.First(option => NameOf(option) == name);

    private static Type TypeOf(Option option) => option.ValueType.GetElementType() ?? Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;

    private static bool IsNumber(Option option) => TypeOf(option) is { IsValueType: true } type && type != typeof(bool);

    private static bool IsWhole(Option option) => TypeOf(option) != typeof(float) && TypeOf(option) != typeof(double);

    private static string[] ErrorsOf(string[] path, Option option, string text) =>
        [.. CommandTree.Parse([.. path, option.Name, text]).Errors.Select(error => error.Message)];

    private static object? ValueOf(ParseResult result, Option option) =>
        result.CommandResult.Children.OfType<OptionResult>().Single(child => child.Option.Name == option.Name).GetValueOrDefault<object?>();

    private static string TextOf(Option option, object? value) => option.ValueType.IsArray
        ? string.Join(',', ((System.Collections.IEnumerable)value!).Cast<IFormattable>().Select(number => number.ToString(null, CultureInfo.InvariantCulture)))
        : ((IFormattable)value!).ToString(null, CultureInfo.InvariantCulture);

    private static bool NumbersAreEqual(string expected, string actual) => expected == actual
        || (expected.Contains('e', StringComparison.Ordinal)
            && double.Parse(expected, CultureInfo.InvariantCulture) == double.Parse(actual, CultureInfo.InvariantCulture))
        || (float.TryParse(actual, CultureInfo.InvariantCulture, out float number)
            && actual.Contains('E', StringComparison.Ordinal) && number == float.Parse(expected, CultureInfo.InvariantCulture));
}
