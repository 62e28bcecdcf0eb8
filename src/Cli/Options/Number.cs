using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Tessera.Cli.Options;

/// <summary>
/// Reads numbers of the command line: digits with a minus or nothing before them, and for numbers that need not be whole a point and an exponent, the same in
/// every culture. Whatever else is in a token, or beyond the range, is an error that names the option and the token.
/// </summary>
internal static class Number
{
    public static T Of<T>(ArgumentResult argument, T minimum, T maximum)
        where T : struct, INumber<T> => Read(argument, [.. argument.Tokens.Select(token => token.Value)], minimum, maximum, "").FirstOrDefault();

    /// <summary>Numbers separated by commas, in one token or several.</summary>
    public static T[] ListOf<T>(ArgumentResult argument, T minimum, T maximum)
        where T : struct, INumber<T> =>
        Read(argument, [.. argument.Tokens.SelectMany(token => token.Value.Split(','))], minimum, maximum, "s separated by commas, each");

    private static T[] Read<T>(ArgumentResult argument, string[] texts, T minimum, T maximum, string several)
        where T : struct, INumber<T>
    {
        var numbers = new T[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!TryParse(texts[i], out numbers[i]) || numbers[i] < minimum || numbers[i] > maximum)
            {
                argument.AddError(
                    $"{NameOf(argument)} takes {(several.Length == 0 ? "a " : "")}{(IsWhole<T>() ? "whole " : "")}number{several} {Range(minimum, maximum)}, "
                    + $"not '{texts[i]}'.");
                return [];
            }
        }

        return numbers;
    }

    private static bool TryParse<T>(string text, out T number)
        where T : struct, INumber<T>
    {
        NumberStyles styles = NumberStyles.AllowLeadingSign | (IsWhole<T>() ? NumberStyles.None : NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent);
        return T.TryParse(text, styles, CultureInfo.InvariantCulture, out number) && text[0] != '+' && T.IsFinite(number);
    }

    private static bool IsWhole<T>()
        where T : struct, INumber<T> => T.CreateTruncating(0.5) == T.Zero;

    private static string Range<T>(T minimum, T maximum)
        where T : struct, INumber<T> => string.Create(CultureInfo.InvariantCulture, $"from {minimum} to {maximum}");

    private static string NameOf(ArgumentResult argument) => argument.Parent is OptionResult option ? option.Option.Name : argument.Argument.Name;
}
