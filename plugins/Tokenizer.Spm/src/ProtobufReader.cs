using System.Buffers.Binary;

namespace Tessera.Tokenizer.Spm;

/// <summary>
/// Reads the fields of a protobuf message one after the other. Damage ends the reading: <see cref="IsDamaged"/>. A field that is asked for as something
/// else than what it is written as is damage too.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintForm = 0;
    private const int BytesForm = 2;
    private const int SingleForm = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _form;
    private ulong _integer;
    private float _single;
    private ReadOnlySpan<byte> _bytes;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>The value of an integer field.</summary>
    public ulong Integer => Is(VarintForm) ? _integer : 0;

    /// <summary>The value of a 32-bit floating-point field.</summary>
    public float Single => Is(SingleForm) ? _single : 0;

    /// <summary>The bytes of a string or an inner message.</summary>
    public ReadOnlySpan<byte> Bytes => Is(BytesForm) ? _bytes : [];

    public bool IsDamaged { get; private set; }

    /// <summary>Goes to the next field.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty || IsDamaged)
        {
            return false;
        }

        ulong key = ReadVarint();
        Field = (int)Math.Min(key >> 3, int.MaxValue);
        _form = (int)(key & 7);
        switch (_form)
        {
            case VarintForm:
                _integer = ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case BytesForm:
                _bytes = Take(ReadVarint());
                break;
            case SingleForm:
                ReadOnlySpan<byte> value = Take(4);
                _single = value.IsEmpty ? 0 : BinaryPrimitives.ReadSingleLittleEndian(value);
                break;
            default:
                IsDamaged = true;
                break;
        }

        IsDamaged |= Field == 0;
        return !IsDamaged;
    }

    private bool Is(int form)
    {
        IsDamaged |= _form != form;
        return _form == form;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            ReadOnlySpan<byte> next = Take(1);
            if (next.IsEmpty)
            {
                return 0;
            }

            value |= (ulong)(next[0] & 0x7F) << shift;
            if (next[0] < 0x80)
            {
                return value;
            }
        }

        IsDamaged = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            IsDamaged = true;
            return [];
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
