/**
 * Wire types: the payloads of docs/reference/protocol.md. Types of the page alone are in types.js.
 *
 * @typedef {"available" | "unavailable"} ModelState
 *
 * @typedef {object} ClassificationModel
 * @property {string} name
 * @property {string} title
 * @property {"classification"} kind
 * @property {number | null} version Null until the model server has reported it.
 * @property {string[]} labels
 * @property {number} unsure_below
 * @property {number} interval_ms
 * @property {boolean} enabled
 * @property {boolean} activation Whether the model can return class activation maps.
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {object} RegressionModel
 * @property {string} name
 * @property {string} title
 * @property {"measure"} kind
 * @property {number | null} version Null until the model server has reported it.
 * @property {string} unit
 * @property {number} interval_ms
 * @property {boolean} enabled
 * @property {boolean} activation Whether the model can return class activation maps.
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {object} Limits
 * @property {number} max_frame_bytes
 * @property {number} max_pixels
 * @property {number} max_side Longer side of a frame, in pixels.
 * @property {number} max_faces
 * @property {number} max_frames_per_second
 * @property {number} session_max_seconds
 * @property {number} session_idle_seconds
 *
 * @typedef {object} Crop
 * @property {number} margin Added on each side, as a share of the face box's longer side.
 * @property {number} size Side in pixels that is large enough for every model.
 *
 * @typedef {object} Session
 * @property {string} session_id
 * @property {1} protocol
 * @property {(ClassificationModel | RegressionModel)[]} models
 * @property {{smoothing: boolean, mirror: boolean, activation: boolean}} settings
 * @property {Limits} limits
 * @property {Crop} crop
 * @property {string} detector
 *
 * @typedef {object} Activation
 * @property {[number, number, number, number]} square `[x, y, side, roll]`: centre and side in pixels of the
 * upright frame, rotation in degrees clockwise.
 * @property {number[][]} grid Rows of numbers from -1 (evidence against the prediction) to 1 (for it).
 *
 * @typedef {object} ClassificationResult
 * @property {number} id
 * @property {string} label `unsure` where the confidence is below the model's `unsure_below`.
 * @property {number} confidence
 * @property {Record<string, number>} scores
 *
 * @typedef {{id: number, low: number, high: number} & Record<string, number>} RegressionResult
 * The key of the value itself is the model's unit.
 *
 * @typedef {object} Prediction
 * @property {number} seq
 * @property {string} model
 * @property {number} version
 * @property {number} latency_ms
 * @property {number | null} captured_at
 * @property {((ClassificationResult | RegressionResult) & {activation?: Activation})[]} faces
 *
 * @typedef {object} ModelStatus
 * @property {string} model
 * @property {number | null} version
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {object} SessionExpired
 * @property {"idle" | "lifetime" | "shutdown"} reason
 * @property {string} message
 *
 * @typedef {"too_small" | "too_dark" | "too_bright" | "blurred" | "turned_away"} QualityReason
 *
 * @typedef {object} Face
 * @property {number} id
 * @property {[number, number, number, number]} box `[x, y, w, h]` in pixels of the upright frame.
 * @property {number} score
 * @property {[number, number][] | null} landmarks Right eye, left eye, nose, mouth.
 * @property {{ok: boolean, reasons: QualityReason[]}} quality
 *
 * @typedef {object} Analysed
 * @property {number} seq
 * @property {"analysed"} status
 * @property {number} width
 * @property {number} height
 * @property {Face[]} faces
 * @property {{decode_ms: number, detect_ms: number, total_ms: number}} timings
 *
 * @typedef {object} Dropped
 * @property {number} seq
 * @property {"dropped"} status
 *
 * @typedef {"bad_request" | "bad_image" | "image_too_large" | "rate_limited" | "unauthorized"
 *   | "server_full" | "model_unavailable" | "session_expired" | "internal"} ErrorCode
 *
 * @typedef {object} FrameError
 * @property {number | null} seq
 * @property {"error"} status
 * @property {ErrorCode} code
 * @property {string} message
 *
 * @typedef {object} FrameMeta
 * @property {number} seq
 * @property {number} captured_at
 *
 * @typedef {object} ClientFace
 * @property {[number, number, number, number]} box
 * @property {number} score
 * @property {[number, number][]} landmarks
 * @property {[number, number, number, number]} crop_box
 *
 * @typedef {FrameMeta & {width: number, height: number, faces: ClientFace[]}} FacesMeta
 *
 * @typedef {{enabled?: boolean, interval_ms?: number}} ModelSettings
 *
 * @typedef {object} Configuration
 * @property {Record<string, ModelSettings>} [models]
 * @property {boolean} [smoothing]
 * @property {boolean} [mirror]
 * @property {boolean} [activation]
 *
 * @typedef {object} Configured
 * @property {"ok"} status
 * @property {Record<string, Required<ModelSettings>>} models
 * @property {boolean} smoothing
 * @property {boolean} mirror
 * @property {boolean} activation
 *
 * @typedef {{status: "error", code: ErrorCode, message: string}} ConfigureError
 */

export {};
